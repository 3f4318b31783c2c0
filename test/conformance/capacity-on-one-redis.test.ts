import { describe } from 'vitest'
import { startTestRedis } from '../support/backends.ts'
import { capacityKeepsItsPromises } from './capacity.ts'

describe('capacity on one Redis', () => capacityKeepsItsPromises(startTestRedis))
