import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { limitsText, membersOf, resolve, typeText, type OpenApi, type Parameter } from '../src/reference/document';
import { codeParts } from '../src/core/dom';
import { addressOf, curlOf } from '../src/reference/request';

const document = JSON.parse(readFileSync('../Reference/openapi.json', 'utf8')) as OpenApi;
const candles = document.paths['/ohlc/{symbol}']!.get;
const parameters = candles.parameters!.map((parameter) => resolve<Parameter>(document, parameter));

describe('the document', () => {
  it('tells types in words', () => {
    const of = (name: string) => Object.fromEntries(membersOf(document, { $ref: `#/components/schemas/${name}` }));
    expect(typeText(document, of('Candles').candles!)).toBe('array of Candle');
    expect(typeText(document, of('Candle').vwap!)).toBe('string (decimal) or null');
    expect(typeText(document, of('Analytics').forecast!)).toBe('Forecast or null');
  });

  it('tells limits', () => {
    const limit = parameters.find((parameter) => parameter.name === 'limit')!;
    expect(limitsText(limit.schema)).toBe('1 to 1000; 100 by default');
  });

  it('writes quoted parts as code and leaves a lone backtick', () => {
    expect(codeParts('Events `candle`: `x` or `')).toEqual([
      { text: 'Events ', code: false }, { text: 'candle', code: true }, { text: ': ', code: false }, { text: 'x', code: true }, { text: ' or `', code: false },
    ]);
    expect(codeParts('')).toEqual([]);
  });

  it('refuses references to nothing', () => {
    expect(() => resolve(document, { $ref: '#/components/schemas/Nothing' })).toThrow('Nothing');
  });
});

describe('a request', () => {
  it('puts parameters where they belong and leaves empty ones out', () => {
    expect(addressOf('/ohlc/{symbol}', parameters, { symbol: 'binance-usdm:BTCUSDT', limit: '3', from: '', to: ' 2024-08-09 ' }))
      .toBe('/ohlc/binance-usdm%3ABTCUSDT?limit=3&to=2024-08-09');
  });

  it('is a command that a shell takes as it is', () => {
    expect(curlOf('http://h', "/a?b='c", { Accept: 'text/csv' })).toBe("curl -H 'Accept: text/csv' 'http://h/a?b='\\''c'");
  });
});
