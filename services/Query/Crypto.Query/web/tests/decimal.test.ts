import { describe, expect, it } from 'vitest';
import { add, compare, divide, parseDecimal, percentChange, rescale, subtract, toText } from '../src/core/decimal';

const text = (value: Parameters<typeof toText>[0] | undefined): string | undefined => value && toText(value);

describe('decimals', () => {
  it.each(['0', '0.00000000', '-12.3400', '61685.99000000', '123456789012345678901234567890.000000000001'])(
    'reads and writes %s without losing a digit', (number) => expect(toText(parseDecimal(number))).toBe(number));

  it.each(['', '.5', '1.', '1e5', 'NaN', ' 1', '1,000'])('refuses %j', (bad) => expect(() => parseDecimal(bad)).toThrow('not a decimal'));

  it('adds and subtracts across scales exactly', () => {
    expect(text(add(parseDecimal('0.1'), parseDecimal('0.02')))).toBe('0.12');
    expect(text(subtract(parseDecimal('0.3'), parseDecimal('0.1')))).toBe('0.2');
    expect(text(subtract(parseDecimal('1'), parseDecimal('1.00000001')))).toBe('-0.00000001');
  });

  it('compares across scales', () => {
    expect(compare(parseDecimal('1.10'), parseDecimal('1.1'))).toBe(0);
    expect(compare(parseDecimal('-2'), parseDecimal('1.5'))).toBe(-1);
    expect(compare(parseDecimal('90071992547409.93'), parseDecimal('90071992547409.92'))).toBe(1);
  });

  it('rounds half to even', () => {
    expect(text(rescale(parseDecimal('0.125'), 2))).toBe('0.12');
    expect(text(rescale(parseDecimal('0.135'), 2))).toBe('0.14');
    expect(text(rescale(parseDecimal('-0.125'), 2))).toBe('-0.12');
    expect(text(divide(parseDecimal('1'), parseDecimal('8'), 2))).toBe('0.12');
  });

  it('gives a change in percent, and none from zero', () => {
    expect(text(percentChange('100', '101.5'))).toBe('1.50');
    expect(text(percentChange('61685.99000000', '61069.13010000'))).toBe('-1.00');
    expect(percentChange('0', '1')).toBeUndefined();
  });
});
