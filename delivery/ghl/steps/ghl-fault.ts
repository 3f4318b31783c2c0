/** Why a call to GHL gave no result. Status 0: no answer came (time-out, connection). */
export class GhlFault extends Error {
  readonly operation: string
  readonly status: number
  /** GHL's own code, or ours for a fault that never was an HTTP answer. */
  readonly code: string | null
  readonly meta: Readonly<Record<string, unknown>>
  readonly traceId: string | null
  /** How long the bucket of this call has to rest; only with 429. */
  readonly restMs: number | null

  constructor(fault: GhlFaultFields) {
    super(`${fault.operation}: ${fault.status} ${fault.message}`.slice(0, 500))
    this.name = 'GhlFault'
    this.operation = fault.operation
    this.status = fault.status
    this.code = fault.code ?? null
    this.meta = fault.meta ?? {}
    this.traceId = fault.traceId ?? null
    this.restMs = fault.restMs ?? null
  }
}

export type GhlFaultFields = {
  operation: string
  status: number
  message: string
  code?: string | null
  meta?: Record<string, unknown>
  traceId?: string | null
  restMs?: number | null
}
