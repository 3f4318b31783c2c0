DROP VIEW IF EXISTS hexroute.v_unaccounted{{on_cluster}};
