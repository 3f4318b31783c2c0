DROP VIEW IF EXISTS hexroute.v_conversion_by_region_day;
DROP VIEW IF EXISTS hexroute.v_conversion_by_location_day;
DROP VIEW IF EXISTS hexroute.v_why;
