import { describe, expect, it } from 'vitest';
import { maskText } from '../../src/responses/public-event.js';

describe('what names the account is masked', () => {
  it.each([
    ['of a bucket, as an ARN', 'see arn:aws:s3:::payroll-bucket/2026/may.pdf now', 'see … now'],
    ['of a bucket, as an ARN elsewhere', 'arn:aws-cn:s3:::payroll-bucket', '…'],
    ['of a directory bucket', 'arn:aws:s3express:us-east-1:123456789012:bucket/payroll--use1-az4--x-s3', '…'],
    [
      'of a bucket, in the path of a URL',
      'https://s3.us-east-1.amazonaws.com/payroll/a.pdf',
      'https://…/a.pdf',
    ],
    [
      'of a bucket, in the host of a URL',
      'https://payroll.s3.us-east-1.amazonaws.com/a.pdf',
      'https://…/a.pdf',
    ],
    ['of a bucket, as Hadoop writes it', 's3a://payroll/a.pdf', '…/a.pdf'],
    ['of a role, in a URL', '/roles/arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FPayroll?x=1', '/roles/…'],
    ['of a session', 'AROAEXAMPLE123456789:bob@example.com did it', '… did it'],
    ['of a role', 'arn:aws:iam::123456789012:role/Payroll', '…'],
  ])('%s', (_what, text, shown) => {
    expect(maskText(text)).toBe(shown);
  });

  it.each(['model/amazon.nova-lite-v1:0', 's3.txt', 'AKIA: no', 'the s3 docs at docs.aws.amazon.com/s3'])(
    'and nothing of %s',
    (text) => {
      expect(maskText(text)).toBe(text);
    },
  );
});
