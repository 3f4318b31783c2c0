-- Which candidate gets each lead of a batch? The first of its ranked list that has room in all its counters, atomically.
-- Guarantee: no counter passes its limit; the same (lead, attempt) again gets its first answer.
-- KEYS  1 epoch of the counters' life · 2 leases · 3.. ledgers of the leads and all counters
-- ARGV  1 JSON array, flat: number of leads, then per lead:
--         index of its ledger, member in leases, lease end ms, reserved at ms, number of candidates,
--         position of the next lead in the array, then per candidate:
--           name, number of counters, position of the next candidate, then per counter:
--             index, 1 = raise it (0 = raised by an earlier entry), amount, limit | -1, expires at ms | 0, number of further
--             counters that are summed with it, their indexes
--       2.. what each lead was decided on, kept in its ledger
-- returns epoch | false, then per lead {position of the candidate | 0 = all full, index of the full counter of each before}
--         or {'stored', candidate, places, refused, inputs}
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  return { false }
end
local ask = cjson.decode(ARGV[1])
local value, is_new, expires, raised = {}, {}, {}, {}
local function used_of(key)
  local used = value[key]
  if not used then
    local text = redis.call('GET', KEYS[key])
    used = tonumber(text or '0')
    value[key] = used
    is_new[key] = not text
  end
  return used
end

local at = 2
-- Index of a counter without room among the `count` that are described from `at` on, or nil.
local function full_counter(count)
  for _ = 1, count do
    local limit, also = ask[at + 3], ask[at + 5]
    if limit >= 0 then
      local used = used_of(ask[at])
      for i = at + 6, at + 5 + also do
        used = used + used_of(ask[i])
      end
      if limit == 0 or used + ask[at + 2] > limit then
        return ask[at]
      end
    end
    at = at + 6 + also
  end
end

local function raise(from, count)
  local places = {}
  for _ = 1, count do
    local key, amount = ask[from], ask[from + 2]
    if ask[from + 1] == 1 then
      value[key] = used_of(key) + amount
      raised[key] = (raised[key] or 0) + amount
      expires[key] = ask[from + 4]
      places[#places + 1] = KEYS[key] .. '\t' .. string.format('%.0f', amount)
    end
    from = from + 6 + ask[from + 5]
  end
  return table.concat(places, '\t')
end

local answers = { epoch }
for lead = 1, ask[1] do
  local ledger, member, lease_ends, reserved_at = ask[at], ask[at + 1], ask[at + 2], ask[at + 3]
  local candidates, next_lead = ask[at + 4], ask[at + 5]
  at = at + 6
  local stored = redis.call('HMGET', KEYS[ledger], 'candidate', 'places', 'refused', 'inputs')
  local answer, refused = { 0 }, {}
  for position = 1, stored[1] and 0 or candidates do
    local name, count, next_candidate = ask[at], ask[at + 1], ask[at + 2]
    at = at + 3
    local first = at
    local full = full_counter(count)
    if not full then
      answer[1] = position
      redis.call('HSET', KEYS[ledger], 'state', 'RESERVED', 'candidate', name, 'places', raise(first, count),
        'refused', table.concat(refused, '\t'), 'inputs', ARGV[lead + 1], 'reservedAtMs', string.format('%.0f', reserved_at))
      redis.call('ZADD', KEYS[2], lease_ends, member)
      break
    end
    answer[#answer + 1] = full
    refused[#refused + 1] = name .. '\t' .. KEYS[full]
    at = next_candidate
  end
  answers[lead + 1] = stored[1] and { 'stored', stored[1], stored[2], stored[3], stored[4] } or answer
  at = next_lead
end

for key, amount in pairs(raised) do
  redis.call('INCRBY', KEYS[key], string.format('%.0f', amount))
  if is_new[key] and expires[key] > 0 then
    redis.call('PEXPIREAT', KEYS[key], string.format('%.0f', expires[key]))
  end
end
return answers
