/** A month in the address, `YYYY-MM`. */
export const readCostSearch = ({ month }: Record<string, unknown>): { readonly month?: string } => (typeof month === 'string' && /^20\d\d-(?:0[1-9]|1[0-2])$/.test(month) ? { month } : {});
