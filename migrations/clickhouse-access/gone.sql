-- In this order: a reader is kept while a view needs it, and without its policies it must not read.
DROP USER IF EXISTS {{user}}{{on_cluster}};
DROP DATABASE IF EXISTS {{database}}{{on_cluster}} SYNC;
DROP USER IF EXISTS {{reader}}{{on_cluster}};
DROP ROW POLICY IF EXISTS {{reader}}{{on_cluster}} ON {{tables}};
