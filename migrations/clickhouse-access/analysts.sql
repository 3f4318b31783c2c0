-- What all analysts of a ClickHouse server have in common. Each statement can be run again. A new object begins with nothing
-- and is then altered, never replaced: who has a replaced profile would be without its limits until he is given it anew.
CREATE ROLE IF NOT EXISTS hexroute_analyst{{on_cluster}};
CREATE ROLE IF NOT EXISTS hexroute_reader{{on_cluster}};

-- readonly = 2: no writing, and a client may set what has no bound below. Grafana and DBeaver set some always.
CREATE SETTINGS PROFILE IF NOT EXISTS hexroute_analyst{{on_cluster}} SETTINGS readonly = 2;
ALTER SETTINGS PROFILE hexroute_analyst{{on_cluster}} SETTINGS {{settings}};

CREATE QUOTA IF NOT EXISTS hexroute_analyst{{on_cluster}} KEYED BY user_name FOR INTERVAL 1 hour MAX queries = 1 TO hexroute_analyst;
ALTER QUOTA hexroute_analyst{{on_cluster}} KEYED BY user_name FOR INTERVAL 1 hour MAX {{quota}} TO hexroute_analyst;

-- Everybody else goes on to see every row, whatever users_without_row_policies_can_read_rows says: else the first policy
-- would hide the tables from the processes.
CREATE ROW POLICY IF NOT EXISTS hexroute_others{{on_cluster}} ON {{tables}} FOR SELECT USING 1 TO ALL EXCEPT hexroute_reader;
-- A reader without a policy of its own sees no row. Its own are added to this by OR.
CREATE ROW POLICY IF NOT EXISTS hexroute_reader{{on_cluster}} ON {{tables}} FOR SELECT USING 0 TO hexroute_reader;

-- Last, when every table has policies. What was granted before and is not named here is taken back.
GRANT{{on_cluster}} {{selects}} TO hexroute_reader WITH REPLACE OPTION;
