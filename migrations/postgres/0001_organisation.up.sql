-- The organisation, who may see it, and the rulesets published for it.
CREATE SCHEMA IF NOT EXISTS hexroute;

CREATE TABLE hexroute.agencies (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE hexroute.agencies IS 'An agency or franchise: a GHL company. Its id is the tenant everywhere.';

CREATE TABLE hexroute.regions (
  id     text NOT NULL,
  tenant text NOT NULL REFERENCES hexroute.agencies,
  name   text NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE hexroute.locations (
  id         text PRIMARY KEY,
  tenant     text NOT NULL REFERENCES hexroute.agencies,
  region_id  text,
  name       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('location', 'intake')),
  status     text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'inactive')),
  latitude   double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude  double precision CHECK (longitude BETWEEN -180 AND 180),
  time_zone  text NOT NULL,
  weight     double precision NOT NULL DEFAULT 1 CHECK (weight >= 0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant, region_id) REFERENCES hexroute.regions,
  CHECK (kind = 'intake' OR (region_id IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL))
);
CREATE INDEX locations_tenant ON hexroute.locations (tenant);
COMMENT ON COLUMN hexroute.locations.id IS 'GHL sub-account id.';
COMMENT ON COLUMN hexroute.locations.kind IS 'intake sub-accounts create leads, location ones receive them.';

CREATE TABLE hexroute.sources (
  id            text PRIMARY KEY,
  tenant        text NOT NULL REFERENCES hexroute.agencies,
  name          text NOT NULL,
  location_id   text NOT NULL REFERENCES hexroute.locations,
  secret_sha256 text NOT NULL
);
COMMENT ON TABLE hexroute.sources IS 'Senders of the unsigned workflow webhook, each with its own secret.';

CREATE TABLE hexroute.rulesets (
  id           uuid PRIMARY KEY,
  tenant       text NOT NULL REFERENCES hexroute.agencies,
  state        text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
  document     jsonb NOT NULL,
  locations    jsonb,
  hash         text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  CHECK (state = 'draft' OR (hash IS NOT NULL AND locations IS NOT NULL AND published_at IS NOT NULL))
);
CREATE UNIQUE INDEX rulesets_one_published ON hexroute.rulesets (tenant) WHERE state = 'published';
COMMENT ON COLUMN hexroute.rulesets.locations IS 'Location facts copied at publishing: a decision stays replayable after a move.';

-- Projections of a published ruleset for SQL and maps; the router decides from the document.
CREATE TABLE hexroute.territories (
  ruleset_hash text NOT NULL,
  id           text NOT NULL,
  tenant       text NOT NULL,
  location_id  text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('zip', 'polygon', 'radius')),
  exclusive    boolean NOT NULL,
  PRIMARY KEY (ruleset_hash, id)
);
CREATE TABLE hexroute.territory_cells (
  ruleset_hash text NOT NULL,
  cell         bigint NOT NULL,
  territory_id text NOT NULL,
  boundary     boolean NOT NULL,
  PRIMARY KEY (ruleset_hash, cell, territory_id)
);
COMMENT ON COLUMN hexroute.territory_cells.cell IS 'H3 index. Each territory at one resolution, chosen by its size: a point is looked up at every resolution in use.';
COMMENT ON COLUMN hexroute.territory_cells.boundary IS 'True: only part of the cell belongs to the territory, a point in it needs the exact test.';
CREATE TABLE hexroute.caps (
  ruleset_hash text NOT NULL,
  tenant       text NOT NULL,
  location_id  text NOT NULL,
  metric       text NOT NULL,
  time_window  text NOT NULL,
  limit_count  bigint,
  PRIMARY KEY (ruleset_hash, location_id, metric, time_window)
);

CREATE TABLE hexroute.access_keys (
  id           uuid PRIMARY KEY,
  tenant       text REFERENCES hexroute.agencies,
  role         text NOT NULL CHECK (role IN ('admin', 'region_manager', 'location_manager', 'analyst', 'widget')),
  name         text NOT NULL,
  key_sha256   text NOT NULL UNIQUE,
  region_ids   text[] NOT NULL DEFAULT '{}',
  location_ids text[] NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT now(),
  revoked_at   timestamptz
);
COMMENT ON TABLE hexroute.access_keys IS 'Hashes of keys. tenant NULL: the operator, all tenants. Empty lists: the whole tenant.';

CREATE TABLE hexroute.audit_log (
  id      uuid PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  key_id  uuid,
  action  text NOT NULL,
  subject text NOT NULL,
  detail  jsonb NOT NULL DEFAULT '{}'
);
