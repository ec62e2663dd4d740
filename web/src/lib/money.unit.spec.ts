import { describe, expect, it } from '@jest/globals';
import { addAmounts, addPrices, compareAmounts, formatMoney } from './money.js';

describe('money', () => {
  it('adds without the dust of binary numbers', () => expect([addAmounts('0.1', '0.2'), addAmounts('0.0067', '0.0008'), addAmounts('4', '0'), addAmounts(), addAmounts('10.50', '9.50')]).toEqual(['0.3', '0.0075', '4', '0', '20']));
  it('adds net and gross each for itself', () => expect(addPrices({ net: '3.49', gross: '4.1531' }, { net: '0.5', gross: '0.595' })).toEqual({ net: '3.99', gross: '4.7481' }));
  it('compares as numbers, not as text', () => expect(['10.0', '9.99', '9.990'].toSorted(compareAmounts)).toEqual(['9.99', '9.990', '10.0']));
  it('shows months with two digits and hours with four', () => expect([formatMoney('4.1531', 'EUR'), formatMoney('0.00672', 'EUR', 4)]).toEqual(['€4.15', '€0.0067']));
});
