-- One statement, so that a second run of the step finds nothing to move: the next step makes the table anew and fills it. Until
-- then the sink's inserts are refused by the views and come again with their token.
RENAME TABLE IF EXISTS hexroute.lead_lifecycle TO hexroute.lead_lifecycle_before{{on_cluster}};
