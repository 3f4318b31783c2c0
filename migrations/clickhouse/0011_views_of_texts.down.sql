DROP VIEW IF EXISTS hexroute.v_conversion_activity_by_location_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_leads{{on_cluster}};
