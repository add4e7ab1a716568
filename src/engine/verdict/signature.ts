import { plainName } from './plainName.js';

/** A frame as far as a signature looks at it. */
export interface SignatureFrame {
  /** Demangled. */
  readonly function?: string;
  readonly module?: string;
  /** pc minus the module's start, for frames without a name. */
  readonly moduleOffset?: string;
}

const FRAMES = 3;

/**
 * Kind and the first meaningful functions: equal for equal crashes over builds and address layouts. Allocators, the C library, the
 * unwinder and handlers are skipped, since they say how a program died and not where; parameters and template arguments too.
 *
 * Labels never share a signature: the kind stands first.
 */
export function signatureOf(kind: string, frames: readonly SignatureFrame[]): string {
  const names: string[] = [];
  for (const frame of frames) {
    if (names.length === FRAMES) break;
    const name = meaningfulName(frame);
    if (name !== undefined && name !== names.at(-1)) names.push(name);
  }
  return [kind, ...(names.length === 0 ? ['?'] : names)].join(' | ');
}

function meaningfulName(frame: SignatureFrame): string | undefined {
  const { module } = frame;
  if (frame.function === undefined) {
    if (module === undefined || SKIPPED_MODULES.test(module) || SHARED_MEMORY.test(module)) return undefined;
    return withoutVersion(module);
  }
  const name = plainName(frame.function);
  // Nothing but brackets is a marker, such as "<signal handler called>".
  if (name === '') return undefined;
  return SKIPPED_FUNCTIONS.test(name) || PLUMBING.test(name) ? undefined : name;
}

/** `libfoo.so.6.0.30` and `libfoo-2.36.so` are the same library in two builds. */
function withoutVersion(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/ \(deleted\)$/, '');
  return file.replace(/-[0-9][0-9.]*(?=\.so)/, '').replace(/\.so[0-9.]*$/, '.so');
}

const SKIPPED_MODULES =
  /(^|\/)(libc|libpthread|libstdc\+\+|libgcc_s|libunwind[^/]*|ld-linux[^/]*|ld|libc\+\+|libc\+\+abi)[-.][^/]*so|^\[vdso\]/;
/** Code that was made at run time, in memory that only looks like a file (mm/shmem.c, mm/memfd.c, ipc/shm.c): no build has it at one name. */
const SHARED_MEMORY = /^\/(dev\/zero|memfd:|SYSV[0-9a-f]{8})/;
/**
 * What stands between a program's functions: names of a C++ library that are reserved to it, by which it calls what it was given; Rust's
 * closures, threads and boxes; Go's runtime.
 */
const PLUMBING =
  /^(std::(\w+::)*(__|_[A-Z])|std::(function|packaged_task|reference_wrapper)::operator\(\)|std::(invoke|invoke_r|apply|visit|call_once)$|__thread_proxy|__clang_call_terminate$|core::panic::|core::(iter|slice::iter)::|[iuf](8|16|32|64|128|size)::|std::(panic|thread)::|alloc::boxed::|__rust_begin_short_backtrace|(runtime|syscall|internal|reflect)[./])/;
/** Of the C library: the very names, or with a suffix behind two underscores; a program's own `free_list` counts. */
const SKIPPED_FUNCTIONS =
  /^(_?_?(GI_)?(raise|abort|gsignal|kill|pthread_kill|memcpy|memmove|memset|memcmp|strlen|strcpy|strcmp|malloc|free|calloc|realloc|cfree|_int_[a-z_]+|malloc_printerr|malloc_consolidate|_libc_[a-z_]+|restore_rt|libc_start_main|libc_start_call_main|pthread_kill_implementation|pthread_kill_internal|clone3?|start_thread|stack_chk_fail|fortify_fail|assert_fail|assert_fail_base)$|__(GI_)?(raise|abort|gsignal|kill|pthread_kill|memcpy|memmove|memset|memcmp|strlen|strcpy|strcmp|malloc|free|calloc|realloc|cfree|_int_malloc|_int_free|_int_realloc|malloc_printerr|malloc_consolidate|_libc_[a-z_]+|restore_rt|libc_start_main|libc_start_call_main|pthread_kill_implementation|pthread_kill_internal|clone3?|start_thread|stack_chk_fail|fortify_fail|assert_fail|assert_fail_base)_[a-z0-9_]+$|__mem[a-z]+_(avx|sse|evex|erms)|__str[a-z]+_(avx|sse|evex)|_start$|_init$|_Unwind_|_U[LI]?x86_64_|_?_?ux86|operator (new|delete)|std::(terminate|__terminate|abort)|__cxxabiv1::|__gnu_cxx::|__cxa_|core::panicking|std::panicking|rust_(panic|begin_unwind)|__rust_|std::rt::|std::sys|core::(result|option|ops)::|__rustc::|__sanitizer::|__(asan|tsan|ubsan|msan|lsan|interceptor)_|__(asan|tsan|ubsan|msan)::|std::process::abort|abort_message$|demangling_terminate_handler|g_log|_g_log|g_assertion_message|google::(LogMessage|RawLog)|__chk_fail|_IO_str_chk_overflow|runtime\.(raise|dieFromSignal|fatal|gopanic|sigpanic|throw))/;
