# Entry point, exit, and call-frame information that compilers rarely write.
	.text
	.globl _start
	.type _start, @function
_start:
	.cfi_startproc
	.cfi_undefined rip
	xor %ebp, %ebp
	mov (%rsp), %edi
	call start
	mov %eax, %edi
	call leave
	hlt
	.cfi_endproc
	.size _start, . - _start

	.globl leave
	.type leave, @function
leave:
	.cfi_startproc
	mov $60, %eax
	syscall
	ud2
	.cfi_endproc
	.size leave, . - leave

	.globl unusual
	.type unusual, @function
unusual:
	.cfi_startproc
	push %rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	mov %rsp, %rbp
	.cfi_def_cfa_register rbp
	.cfi_remember_state
	push %rbx
	.cfi_offset rbx, -24
	.cfi_register r12, r13
	.cfi_same_value r14
	.cfi_undefined r15
	.cfi_val_offset rsp, 0
	pop %rbx
	.cfi_restore rbx
	leave
	.cfi_restore_state
	.cfi_def_cfa rsp, 8
	# DW_CFA_def_cfa_expression: breg7 (rsp) + 8; DW_CFA_expression rbx: breg7 - 16; DW_CFA_val_expression rsi: breg7 + 1
	.cfi_escape 0x0f, 2, 0x77, 8
	.cfi_escape 0x10, 3, 2, 0x77, 0x70
	.cfi_escape 0x16, 4, 2, 0x77, 1
	nop
	.cfi_escape 0x2e, 16
	nop
	ret
	.cfi_endproc
	.size unusual, . - unusual

	.globl trampoline
	.type trampoline, @function
trampoline:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_def_cfa rsp, 160
	.cfi_offset rip, 8
	mov $15, %eax
	syscall
	.cfi_endproc
	.size trampoline, . - trampoline
	# Never run: they let functions with landing pads link.
	.globl __gxx_personality_v0, _Unwind_Resume
	.set __gxx_personality_v0, leave
	.set _Unwind_Resume, leave
	.section .note.GNU-stack, "", @progbits
