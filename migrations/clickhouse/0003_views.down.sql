DROP VIEW IF EXISTS hexroute.v_conversion_by_region_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_location_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_why{{on_cluster}};
