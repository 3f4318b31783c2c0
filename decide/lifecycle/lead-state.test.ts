import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factKinds } from '../../contracts/lead-fact.ts'
import { type Happening, leadState } from './lead-state.ts'
import { isEnded, type LifecycleFact, leadStates, transitions } from './transitions.ts'

const facts: readonly LifecycleFact[] = [...factKinds, 'assigned']
const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString()
const told = (...kinds: LifecycleFact[]): Happening[] =>
  kinds.map((fact, minute) => ({ fact, occurredAt: at(minute), locationId: 'shop' }))
const stateOf = (...kinds: LifecycleFact[]) => leadState(told(...kinds)).state

const happening: fc.Arbitrary<Happening> = fc.record({
  fact: fc.constantFrom(...facts),
  occurredAt: fc.integer({ min: 0, max: 8 }).map(at),
  locationId: fc.constantFrom('shop', 'other'),
})

describe('the lifecycle of a lead', () => {
  it('has a next state for every fact in every state', () => {
    for (const state of leadStates)
      for (const fact of facts) expect(leadStates, `${state} x ${fact}`).toContain(transitions[state][fact])
    expect(Object.keys(transitions).sort()).toEqual([...leadStates].sort())
  })

  it('reaches every state from new', () => {
    const reached = new Set(['new'])
    for (const state of reached) for (const next of Object.values(transitions[state as 'new'])) reached.add(next)
    expect([...reached].sort()).toEqual([...leadStates].sort())
  })

  it('is the same for any order and any repetition of the same facts', () => {
    const shuffled = fc
      .array(happening, { maxLength: 12 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.array(fc.nat({ max: 11 }), { maxLength: 6 }),
        ),
      )
    fc.assert(
      fc.property(shuffled, ([all, other, repeats]) => {
        const again = repeats.flatMap((i) => (all[i] ? [all[i]] : []))
        expect(leadState([...again, ...other])).toEqual(leadState(all))
      }),
      { numRuns: 2_000 },
    )
  })

  it('agrees with a model that walks the table one fact a minute', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...facts), { maxLength: 30 }), (kinds) => {
        const model = kinds.reduce(
          (state, fact) => transitions[state][fact],
          leadStates[0] as (typeof leadStates)[number],
        )
        expect(stateOf(...kinds)).toBe(model)
      }),
    )
  })

  it('won and then lost is lost, and told the other way round still by time', () => {
    expect(stateOf('assigned', 'won', 'lost')).toBe('lost')
    expect(leadState(told('assigned', 'won', 'lost').reverse()).state).toBe('lost')
    expect(stateOf('assigned', 'lost', 'won')).toBe('won')
  })

  it('an ended lead comes back when it is opened again', () => {
    for (const end of ['won', 'lost', 'abandoned'] as const) {
      expect(isEnded(stateOf('assigned', 'contacted', end))).toBe(true)
      expect(isEnded(stateOf('assigned', 'contacted', end, 'open'))).toBe(false)
    }
    expect(stateOf('assigned', 'unqualified', 'open')).toBe('unqualified')
    expect(stateOf('assigned', 'unqualified', 'appointment')).toBe('appointment')
  })

  it('talk does not move a lead backwards, a cancelled appointment leaves an engaged person', () => {
    expect(stateOf('assigned', 'replied', 'contacted', 'moved', 'open')).toBe('engaged')
    expect(stateOf('assigned', 'appointment', 'cancelled')).toBe('engaged')
  })

  it('a former owner who marks it lost does not end the lead of the next', () => {
    const moved: Happening[] = [
      { fact: 'assigned', occurredAt: at(0), locationId: 'first' },
      { fact: 'assigned', occurredAt: at(10), locationId: 'second' },
      { fact: 'contacted', occurredAt: at(11), locationId: 'second' },
      { fact: 'lost', occurredAt: at(12), locationId: 'first' },
    ]
    expect(leadState(moved)).toMatchObject({ state: 'contacted', since: at(11), status: 'open' })
  })

  it('a lost lead that is given to the next location is open again, a customer stays one', () => {
    expect(leadState(told('assigned', 'lost', 'assigned'))).toMatchObject({ state: 'assigned', status: 'open' })
    expect(leadState(told('assigned', 'won', 'assigned'))).toMatchObject({ state: 'won', status: 'won' })
  })

  it('since is when the state began, not when it was last confirmed', () => {
    expect(leadState(told('assigned', 'won', 'won', 'replied'))).toMatchObject({
      state: 'won',
      since: at(1),
      status: 'won',
      statusAt: at(2),
    })
  })
})
