-- What GHL's answer says of a bucket is the truth: somebody else may use the same app, or this server came back empty.
-- Guarantee: afterwards no more is left than GHL said. More than we thought is believed of the day only: GHL's own may begin
-- at another hour than ours.
-- KEYS  1 calls of the window, newest first, ms · 2 calls of the day: fresh, bulk · 3 rest
-- ARGV  1 window, ms · 2 limit of the window · 3 limit of the day · 4 left in the window, -1: not said
--       5 left of the day, -1: not said · 6 rest, ms, 0: none · 7 how much more GHL's day must have to be another day
-- returns 'OK'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit, daily = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left, left_today, rest = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

if left >= 0 then
  local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
  while oldest and oldest < now - window do
    redis.call('RPOP', KEYS[1])
    oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
  end
  for _ = 1, limit - redis.call('LLEN', KEYS[1]) - left do
    redis.call('LPUSH', KEYS[1], now)
  end
  redis.call('PEXPIRE', KEYS[1], window + 1)
end

if left_today >= 0 then
  local day = redis.call('HMGET', KEYS[2], 'fresh', 'bulk')
  local bulk = tonumber(day[2]) or 0
  local ours = daily - (tonumber(day[1]) or 0) - bulk
  if left_today > ours + tonumber(ARGV[7]) then
    redis.call('HSET', KEYS[2], 'fresh', math.max(daily - left_today, 0), 'bulk', 0)
    redis.call('PEXPIRE', KEYS[2], 86400000)
  elseif left_today < ours then
    redis.call('HSET', KEYS[2], 'fresh', daily - left_today - bulk, 'bulk', bulk)
    if redis.call('PTTL', KEYS[2]) < 0 then
      redis.call('PEXPIRE', KEYS[2], 86400000)
    end
  end
end

if rest > math.max(redis.call('PTTL', KEYS[3]), 0) then
  redis.call('SET', KEYS[3], 1, 'PX', rest)
end
return 'OK'
