-- A table or view as the key sees it, with the rights of its reader. The key has none on the table itself: with SELECT on it,
-- mergeTreeIndex() and system.parts would show sorting keys and counts of all rows, past every policy.
CREATE OR REPLACE VIEW {{view}}{{on_cluster}} DEFINER = {{reader}} SQL SECURITY DEFINER AS SELECT {{columns}} FROM {{source}};
