;;; emacsClient.el --- one debug session with dap-mode  -*- lexical-binding: t -*-

;; Prints the frame that dap-mode shows after the launch and after each step. Arguments: CORE SYSROOT SERVER, where SERVER is the port
;; of a running adapter or the path of the built command.

;;; Code:

(require 'package)
(setq package-directory-list '("/usr/share/emacs/site-lisp/elpa"))
(package-initialize)
(require 'dap-mode)
(setq dap-auto-configure-features nil)
(dap-register-debug-provider "redzone" #'identity)

(defvar redzone-done nil)
(defvar redzone-steps
  (list #'dap-step-out #'dap-step-out #'dap-next #'dap-step-in
        (lambda (session) (dap-continue session (dap--debug-session-thread-id session)))))

(defun redzone-say (&rest parts)
  "Print PARTS, formatted, on a line."
  (princ (concat (apply #'format parts) "\n")))

(defun redzone-frame-changed (session)
  "Print the frame that SESSION shows and take the next step."
  (let ((frame (dap--debug-session-active-frame session)))
    (when frame
      (redzone-say "frame: %s" (gethash "name" frame))
      (let ((step (pop redzone-steps)))
        (if step (funcall step session) (setq redzone-done t))))))

(add-hook 'dap-stack-frame-changed-hook #'redzone-frame-changed)

(let* ((core (pop command-line-args-left))
       (sysroot (pop command-line-args-left))
       (server (pop command-line-args-left))
       (port (string-to-number server)))
  (dap-start-debugging-noexpand
   (append (list :type "redzone" :request "launch" :name "core" :core core :sysroot sysroot)
           (if (> port 0)
               (list :host "127.0.0.1" :debugServer port)
             (list :dap-server-path (list "node" server "dap"))))))

(with-timeout (30 (redzone-say "timed out"))
  (while (not redzone-done) (accept-process-output nil 0.05)))
(kill-emacs 0)

;;; emacsClient.el ends here
