-- These reservations are now in Postgres. Their entries stay for as long as another delivery may still ask for them.
-- KEYS  1 leases · 2.. ledgers   ARGV  1 how long an entry is kept, ms · 2.. members in leases
for i = 2, #KEYS do
  if redis.call('HGET', KEYS[i], 'state') == 'RESERVED' then
    redis.call('HSET', KEYS[i], 'state', 'COMMITTED')
    redis.call('HDEL', KEYS[i], 'inputs')
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
    redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
