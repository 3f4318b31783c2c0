DROP VIEW IF EXISTS hexroute.v_won_by_location_day{{on_cluster}};
