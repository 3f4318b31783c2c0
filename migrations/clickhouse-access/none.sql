-- All of it taken back, after the keys.
DROP ROLE IF EXISTS hexroute_reader{{on_cluster}};
DROP ROW POLICY IF EXISTS hexroute_reader{{on_cluster}} ON {{tables}};
DROP ROW POLICY IF EXISTS hexroute_others{{on_cluster}} ON {{tables}};
DROP ROLE IF EXISTS hexroute_analyst{{on_cluster}};
DROP QUOTA IF EXISTS hexroute_analyst{{on_cluster}};
DROP SETTINGS PROFILE IF EXISTS hexroute_analyst{{on_cluster}};
