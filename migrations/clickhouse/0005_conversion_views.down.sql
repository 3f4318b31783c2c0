DROP VIEW IF EXISTS hexroute.v_conversion_activity_by_location_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_hour{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_user_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_campaign_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_source_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_region_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_conversion_by_location_day{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_leads{{on_cluster}};
