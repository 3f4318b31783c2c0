-- Which candidate gets the lead? The first of the ranked list that has room in all its caps, atomically.
-- Guarantee: no counter passes its limit; the same (lead, attempt) again gets its first answer.
-- KEYS  1 epoch of the counters' life · 2 ledger of this (lead, attempt) · 3.. counters
-- ARGV  1 JSON {candidates: [{location, counters: [{key: index in KEYS, limit | -1, expiresAtMs | 0}]}], inputs, ledgerTtlMs}
-- returns JSON {status: 'not-ready' | 'stored' | 'reserved' | 'full', epoch, location, keys, inputs, refused}
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  return cjson.encode({ status = 'not-ready' })
end

local stored = redis.call('HMGET', KEYS[2], 'location', 'keys', 'inputs', 'refused')
if stored[1] then
  return cjson.encode({
    status = 'stored', epoch = epoch, location = stored[1], keys = cjson.decode(stored[2]),
    inputs = stored[3] or cjson.null, refused = cjson.decode(stored[4]),
  })
end

local request = cjson.decode(ARGV[1])
local refused = {}
for _, candidate in ipairs(request.candidates) do
  local full = nil
  for _, counter in ipairs(candidate.counters) do
    if counter.limit >= 0 and tonumber(redis.call('GET', KEYS[counter.key]) or '0') >= counter.limit then
      full = KEYS[counter.key]
      break
    end
  end
  if not full then
    local keys = {}
    for i, counter in ipairs(candidate.counters) do
      redis.call('INCR', KEYS[counter.key])
      if counter.expiresAtMs > 0 then
        redis.call('PEXPIREAT', KEYS[counter.key], counter.expiresAtMs)
      end
      keys[i] = KEYS[counter.key]
    end
    local keysJson = #keys > 0 and cjson.encode(keys) or '[]'
    local refusedJson = cjson.encode(refused)
    redis.call('HSET', KEYS[2], 'state', 'RESERVED', 'location', candidate.location, 'keys', keysJson,
      'inputs', request.inputs, 'refused', refusedJson)
    redis.call('PEXPIRE', KEYS[2], request.ledgerTtlMs)
    return '{"status":"reserved","epoch":' .. cjson.encode(epoch) .. ',"location":' .. cjson.encode(candidate.location)
      .. ',"keys":' .. keysJson .. ',"refused":' .. refusedJson .. '}'
  end
  refused[candidate.location] = full
end
return '{"status":"full","epoch":' .. cjson.encode(epoch) .. ',"refused":' .. cjson.encode(refused) .. '}'
