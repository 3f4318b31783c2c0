-- A lead gives capacity back: its concurrent places when it is closed, what it still has when it is released.
-- Guarantee: every place once, whoever repeats it; no cap's counter below zero; nothing while counters are being rebuilt.
-- KEYS  1 epoch · 2 leases · 3 ledger of this (lead, attempt) · 4.. the counters to lower, concurrent ones first
-- ARGV  1 'CLOSED' | 'RELEASED' · 2 the state before, as Postgres knows it ('RESERVED': it does not); holds when the ledger
--         has been forgotten · 3 number of concurrent counters · 4 number of counters that may go below zero, the last ones
--       5 how long the ledger entry is kept, ms · 6 member in leases · 7 the places as the ledger has them · 8.. amounts
-- returns 'not-ready' | 'done' | 'nothing' (no such reservation, or already given back)
if not redis.call('GET', KEYS[1]) then
  return 'not-ready'
end
local target, before = ARGV[1], ARGV[2]
local entry = redis.call('HMGET', KEYS[3], 'state', 'places')
local state = entry[1] or before
if before == 'RESERVED' and (entry[1] ~= 'RESERVED' or entry[2] ~= ARGV[7]) then
  return 'nothing'
end
redis.call('ZREM', KEYS[2], ARGV[6])
if state == 'RELEASED' or state == target then
  return 'nothing'
end

local first_rest = 4 + tonumber(ARGV[3])
local first_balance = #KEYS + 1 - tonumber(ARGV[4])
local from = state == 'CLOSED' and first_rest or 4
local upto = target == 'CLOSED' and first_rest - 1 or #KEYS
for i = from, upto do
  local used = redis.call('GET', KEYS[i])
  -- A counter that is gone has outlived its window; raising it again would keep it for ever.
  if used then
    local amount = tonumber(ARGV[i + 4])
    if i < first_balance then
      amount = math.min(amount, tonumber(used))
    end
    redis.call('DECRBY', KEYS[i], string.format('%.0f', amount))
  end
end
if before == 'RESERVED' then
  -- Nothing of it is in Postgres: the lead may be decided again.
  redis.call('DEL', KEYS[3])
else
  redis.call('HSET', KEYS[3], 'state', target)
  redis.call('HDEL', KEYS[3], 'inputs')
  redis.call('PEXPIRE', KEYS[3], ARGV[5])
end
return 'done'
