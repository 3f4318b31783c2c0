declare module 'zipcodes' {
  namespace zipcodes {
    type Entry = { zip: string; latitude: number; longitude: number; city: string; state: string; country: string }
  }
  const zipcodes: {
    codes: Record<string, zipcodes.Entry>
    /** Code -> name. */
    states: { abbr: Record<string, string> }
    lookup: (code: string) => zipcodes.Entry | undefined
  }
  export = zipcodes
}
