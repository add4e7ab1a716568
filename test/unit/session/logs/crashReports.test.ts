import { describe, expect, it } from 'vitest';
import { CrashReports } from '../../../../src/session/logs/crashReports.js';
import { logLine } from '../../../../src/session/logs/logLine.js';
import type { LoggedCrash } from '../../../../src/session/logs/loggedCrash.js';
import { logRow, loggedIdentity } from '../../../../src/session/logs/logRow.js';

// Lines in the shapes in which they stand in public bug reports, with other names and numbers.

function crashesIn(text: string): LoggedCrash[] {
  const reports = new CrashReports();
  const lines = text.split('\n').map((line) => logLine(line, { modified: Date.UTC(2026, 10, 28) }));
  return [...lines.flatMap((line) => reports.take(line)), ...reports.end()];
}

function only(text: string): LoggedCrash {
  const [crash, ...more] = crashesIn(text);
  if (crash === undefined || more.length > 0) throw new Error(`${more.length + (crash === undefined ? 0 : 1)} crashes`);
  return crash;
}

const rowOf = (text: string) => logRow(only(text), 'kern.log:1');

describe('lines of the kernel', () => {
  it('reads them of all ages', () => {
    expect(
      only(
        '[1423254.751712] proxy[7827]: segfault at 1000 ip 00007fbbeed70cba sp 00007fff7179ecc0 error 4 in libc-2.13.so[7fbbeed2b000+182000]',
      ),
    ).toMatchObject({
      comm: 'proxy',
      pid: 7827,
      faultAddress: 0x1000n,
      error: 4n,
      module: 'libc-2.13.so',
      moduleOffset: 0x45cban,
    });
    expect(
      only(
        'tool[2166]: segfault at 50 ip 00007f88766c71e0 sp 00007ffe8c583868 error 4 in libx.so.1.4[131e0,7f88766c0000+3e000] likely on CPU 0 (core 0, socket 0)',
      ),
    ).toMatchObject({
      module: 'libx.so.1.4',
      moduleOffset: 0x131e0n,
    });
    expect(
      only(
        'Nov 21 02:15:56 web-7 kernel: traps: Stream::Run[2118] trap invalid opcode ip:7f6ef8001660 sp:7f6edf7fce00 error:0 in libd.so.22.0[7f6ef8001000+3000]',
      ),
    ).toMatchObject({
      comm: 'Stream::Run',
      host: 'web-7',
      trap: 6,
      signal: 4,
      registers: { rip: 0x7f6ef8001660n, rsp: 0x7f6edf7fce00n },
    });
    expect(
      only(
        'traps: web[24198] trap stack segment ip:7f1b12361a90 sp:7ffc97413d70 error:0 in mod.so[7f1b12046000+75c000]',
      ),
    ).toMatchObject({ trap: 12 });
  });

  it('reads pointers that are null, and faults in no file', () => {
    const old =
      'Sep  2 05:57:32 localhost kernel: [ 2331.972494] app[28708]: segfault at (null) ip (null) sp 00007ffd1780dca0 error 14 in app[400000+6000]';
    expect(only(old)).toMatchObject({ faultAddress: 0n, registers: { rip: 0n, rsp: 0x7ffd1780dca0n } });
    expect(rowOf(old)).toMatchObject({ label: 'return-to-null', rspMod16: 0 });
    const recent =
      'Apr 06 17:30:15 single3 kernel: nft[70030]: segfault at 0 ip 0000000000000000 sp 00007ffebf8c4618 error 14 likely on CPU 2 (core 2, socket 0)';
    expect(rowOf(recent)).toMatchObject({
      host: 'single3',
      label: 'other',
      kind: 'unknown',
      address: 'null',
      rspMod16: 8,
    });
  });

  it('claims nothing of alignment for 32-bit processes', () => {
    expect(rowOf('app[28708]: segfault at 0 ip (null) sp bfebcbe0 error 14 in app[8048000+6000]')).toMatchObject({
      arch: 'i386',
      label: 'other',
      kind: 'unknown',
    });
    expect(
      rowOf('app[44314]: segfault at 11 ip 0000000000644dd1 sp 00000000ff824710 error 4 in libOS.so[615000+58000]'),
    ).toMatchObject({ arch: 'i386', kind: 'null-dereference' });
  });

  it('knows names with blanks, and the name behind words that are not known', () => {
    expect(
      only(
        'Nov 21 02:15:56 desk kernel: Web Content[4711]: segfault at 8 ip 00007f0000001000 sp 00007ffd00001000 error 4 in libxul.so[7f0000000000+1000]',
      ).comm,
    ).toBe('Web Content');
    expect(
      only('forwarded by collector-3: app[1]: segfault at 8 ip 00007f0000001000 sp 00007ffd00001000 error 4').comm,
    ).toBe('app');
  });

  it("takes neither the kernel's own faults nor talk of them", () => {
    expect(
      crashesIn(
        'general protection fault: 0000 [#1] SMP PTI\nsegfault at 2000 was what it said\ntraps: 3 callbacks suppressed',
      ),
    ).toEqual([]);
  });
});

const GLOG = `*** Aborted at 1795227356 (unix time) try "date -d @1795227356" if you are using GNU date ***
PC: @     0x7fb744c413bd store::Pool::_create_thread_callback()
*** SIGSEGV (@0x8) received by PID 9239 (TID 0x7fb6fa572700) from PID 8; stack trace: ***
    @     0x7fb746225bd2 google::(anonymous namespace)::FailureSignalHandler()
    @     0x7fb741efe270 (unknown)
    @     0x7fb744c413bd store::Pool::_create_thread_callback()
    @     0x7fb744778b89 store::Queue::dispatch()
    @     0x7fb741cb4e25 start_thread
    @                0x0 (unknown)
next line of the log`;

describe('glog', () => {
  it('takes the place of the crash, not of its handler', () => {
    expect(only(GLOG)).toMatchObject({
      writer: 'glog',
      time: 1_795_227_356_000,
      pid: 9239,
      signal: 11,
      faultAddress: 8n,
      registers: { rip: 0x7fb744c413bdn },
      functions: ['store::Pool::_create_thread_callback()', 'store::Queue::dispatch()', 'start_thread'],
    });
  });

  it('does not take "not known" for address 0', () => {
    const unknown = GLOG.replace(
      '0x7fb744c413bd store::Pool::_create_thread_callback()',
      '               0x0 (unknown)',
    );
    expect(rowOf(unknown)).toMatchObject({ kind: 'null-dereference' });
    expect(only(unknown).registers).toEqual({ rip: 0x7fb744c413bdn });
    const bare =
      '*** Aborted at 1795227356 (unix time) ***\nPC: @                0x0 (unknown)\n*** SIGSEGV (@0x8) received by PID 7 (TID 0x7ffff478aa40) from PID 8; stack trace: ***\n    @     0x5555571b5835 (unknown)';
    expect(only(bare).registers).toEqual({});
  });

  it('takes who sent a signal for no address', () => {
    expect(only(GLOG.replace('SIGSEGV (@0x8)', 'SIGABRT (@0x12c6)')).faultAddress).toBeUndefined();
    expect(only(GLOG.replace('SIGSEGV (@0x8)', 'SIGSEGV (@0x3e800002417)')).faultAddress).toBeUndefined();
  });

  it('is read behind what forwards it', () => {
    const forwarded = GLOG.split('\n')
      .map((line) => `(worker) [2026-11-21 02:15:56,482 E 2710225 2710226] logging.cc:441: ${line}`)
      .join('\n');
    expect(only(forwarded)).toMatchObject({
      registers: { rip: 0x7fb744c413bdn },
      functions: ['store::Pool::_create_thread_callback()', 'store::Queue::dispatch()', 'start_thread'],
    });
  });
});

const FOLLY = `*** Aborted at 1795227356 (Unix time, try 'date -d @1795227356') ***
*** Signal 11 (SIGSEGV) (0x7f59dde2a6b9) received by PID 3634169 (pthread TID 0x7f5e2cf06640) (linux TID 3634170) (code: address not mapped to object), stack trace: ***
    @ 000000000058190c folly::symbolizer::(anonymous namespace)::signalHandler(int, siginfo_t*, void*)
                       /code/folly/symbolizer/SignalHandler.cpp:449
    @ 00000000000140ff (unknown)
    @ 000000000050b96f cache::Shard::find(unsigned long)
                       ./src/cache/Shard.cpp:71
    @ 000000000050c001 serve(Request&)
done`;

describe('folly', () => {
  it('goes on behind the lines of the source, and takes no place in a file for an address', () => {
    expect(only(FOLLY)).toMatchObject({
      writer: 'folly',
      pid: 3634169,
      tid: 3634170,
      code: 1,
      faultAddress: 0x7f59dde2a6b9n,
      registers: {},
      functions: ['cache::Shard::find(unsigned long)', 'serve(Request&)'],
    });
  });

  it('reads a signal that was sent', () => {
    expect(
      only(
        '*** Signal 6 (SIGABRT) (0x2a) received by PID 42 (pthread TID 0x7f5e2cf06640) (linux TID 43) (maybe from PID 42, UID 0) (code: -6), stack trace: ***\n(error retrieving stack trace)',
      ),
    ).toMatchObject({ signal: 6, code: -6, tid: 43, functions: [] });
  });
});

const ABSEIL = `*** SIGSEGV received at time=1795227356 on cpu 11 ***
PC: @     0x7fb01c1021c0  (unknown)  absl::lts_20211102::Mutex::Lock()
    @     0x7fb01cfb2420       3504  (unknown)
    @     0x7fb01bb7ea5f        192  node::Accessor::Handle()
    @     0x7fb01bb1c84f  700414656  std::_Function_handler<>::_M_invoke()
    @ 0x9000840361e90789  (unknown)  (unknown)`;

describe('abseil', () => {
  it('begins with the function of the line PC', () => {
    expect(only(ABSEIL)).toMatchObject({
      writer: 'abseil',
      time: 1_795_227_356_000,
      registers: { rip: 0x7fb01c1021c0n },
      functions: [
        'absl::lts_20211102::Mutex::Lock()',
        'node::Accessor::Handle()',
        'std::_Function_handler<>::_M_invoke()',
      ],
    });
  });

  it('is one crash when it is forwarded besides', () => {
    const forwarded = ABSEIL.split('\n')
      .map((line) => `(pid=1768, ip=172.31.92.227) [2026-11-21 02:15:56,600 E 1768 1803] logging.cc:361: ${line}`)
      .join('\n');
    const crashes = crashesIn(`${ABSEIL}\n${forwarded}`);
    expect(crashes.map(({ pid }) => pid)).toEqual([undefined, 1768]);
    expect(new Set(crashes.map(loggedIdentity)).size).toBe(1);
  });

  it('leaves out the crash of its handler', () => {
    const nested = `${ABSEIL}\n[failure_signal_handler.cc : 345] RAW: Signal 5 raised at PC=0xffff9e6a71ec while already in AbslFailureSignalHandler()\n*** SIGTRAP received at time=1795227356 on cpu 1 ***\nPC: @     0xffff9e6a71ec  (unknown)  abort`;
    expect(crashesIn(nested).map(({ signal }) => signal)).toEqual([11]);
  });
});
