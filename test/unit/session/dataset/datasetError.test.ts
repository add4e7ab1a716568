import { describe, expect, it } from 'vitest';
import { datasetFailure } from '../../../../src/session/dataset/datasetError.js';

describe('why a data set cannot be written', () => {
  it.each([
    ['ENOSPC', /^\/data: the disk is full; .*make room/],
    ['EDQUOT', /^\/data: the disk is full/],
    ['EFBIG', /^\/data: .*ulimit -f.*--part-rows/],
    ['EROFS', /^\/data: no permission/],
    ['ENOTDIR', /^\/data: there is a file of that name/],
  ])('%s', (code, sentence) => {
    expect(datasetFailure('/data', Object.assign(new Error('as the system has it'), { code })).message).toMatch(
      sentence,
    );
  });
});
