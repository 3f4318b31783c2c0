-- A lead gives capacity back: its concurrent places when it is closed, all its places when it is released.
-- Guarantee: once per (lead, attempt) and target state; never below zero; nothing while the counters are being rebuilt.
-- KEYS  1 epoch · 2 ledger of this (lead, attempt) · 3.. the counters to lower
-- ARGV  1 'CLOSED' | 'RELEASED' · 2 how long the ledger entry is kept, ms
-- returns 'not-ready' | 'done' | 'nothing' (no such reservation, or already given back)
if not redis.call('GET', KEYS[1]) then
  return 'not-ready'
end
local state = redis.call('HGET', KEYS[2], 'state')
if not state or state == 'RELEASED' or state == ARGV[1] then
  return 'nothing'
end
for i = 3, #KEYS do
  if tonumber(redis.call('GET', KEYS[i]) or '0') > 0 then
    redis.call('DECR', KEYS[i])
  end
end
redis.call('HSET', KEYS[2], 'state', ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 'done'
