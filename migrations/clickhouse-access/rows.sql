-- The rows of some tables that a key sees: analytics/stores/sql/row-filters.ts.
ALTER ROW POLICY {{reader}}{{on_cluster}} ON {{tables}} FOR SELECT USING {{filter}} TO {{reader}};
