-- May so many calls of one bucket go out now? If so they are counted; if not, when.
-- Guarantee: whoever asks, by the one clock of this server: in no stretch of the window more than its limit, nor of the day.
-- Bulk work gets a share: of the window while others leave it free, and of what fresh work has left of the day.
-- KEYS  1 calls of the window, newest first, ms · 2 calls of the day: fresh, bulk; lives a day from its first call · 3 rest
-- ARGV  1 number of calls, 0 only looks · 2 window, ms · 3 limit of the window · 4 limit of the day · 5 'fresh' | 'bulk'
--       6 share of bulk
-- returns {ms to wait, 0: taken; left in the window; left of the day; ms until the window's oldest call leaves it; now, ms}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit, daily = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local is_bulk = ARGV[5] == 'bulk'
local share = is_bulk and tonumber(ARGV[6]) or 1
local mine = math.floor(limit * share)
local calls = math.min(tonumber(ARGV[1]), mine)

local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
while oldest and oldest < now - window do
  redis.call('RPOP', KEYS[1])
  oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
end
local used = redis.call('LLEN', KEYS[1])
local wait = math.max(redis.call('PTTL', KEYS[3]), 0)
local over = used + calls - mine
if calls > 0 and over > 0 then
  wait = math.max(wait, redis.call('LINDEX', KEYS[1], -over) + window + 1 - now)
end

local day = redis.call('HMGET', KEYS[2], 'fresh', 'bulk')
local fresh, bulk = tonumber(day[1]) or 0, tonumber(day[2]) or 0
local is_spent = fresh + bulk + calls > daily or is_bulk and bulk + calls > (daily - fresh) * share
if calls > 0 and is_spent then
  wait = math.max(wait, redis.call('PTTL', KEYS[2]), 1)
end

if wait == 0 and calls > 0 then
  for _ = 1, calls do
    redis.call('LPUSH', KEYS[1], now)
  end
  redis.call('PEXPIRE', KEYS[1], window + 1)
  redis.call('HINCRBY', KEYS[2], ARGV[5], calls)
  if fresh + bulk == 0 then
    redis.call('PEXPIRE', KEYS[2], 86400000)
  end
  used, fresh, oldest = used + calls, fresh + calls, oldest or now
end
local leaves = oldest and oldest + window + 1 - now or 0
return { wait, limit - used, daily - fresh - bulk, leaves, now }
