DROP VIEW IF EXISTS hexroute.v_fairness{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_unserved_demand{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_refusals{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_capacity{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_sla_breaches{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_funnel{{on_cluster}};
DROP VIEW IF EXISTS hexroute.v_speed_to_lead{{on_cluster}};
