-- The reservation is now in Postgres: the ledger entry stays to make giving back happen once, without its inputs.
-- KEYS  1 ledger of this (lead, attempt)   ARGV  1 how long the entry is kept, ms   returns 1 when it was RESERVED
if redis.call('HGET', KEYS[1], 'state') ~= 'RESERVED' then
  return 0
end
redis.call('HSET', KEYS[1], 'state', 'COMMITTED')
redis.call('HDEL', KEYS[1], 'inputs')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
