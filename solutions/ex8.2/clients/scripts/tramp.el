;; Tramp's method ftp, which is ange-ftp: it types to the standard client.
(require 'tramp)
(require 'ange-ftp)
(setq ange-ftp-ftp-program-name "tnftp"
      ange-ftp-generate-anonymous-password "guest@example.com"
      ange-ftp-netrc-filename "/nonexistent"
      auth-source-save-behavior nil
      make-backup-files nil
      tramp-verbose 1)
(pcase-let* ((`(,host ,port ,shelf ,task) command-line-args-left)
             (base (format "/ftp:anonymous@%s#%s:/%s/" host port shelf)))
  (setq command-line-args-left nil)
  (if (string= task "read")
      (progn
        (princ (mapconcat #'identity (directory-files base) "\n"))
        (dolist (name '("empty.txt" "noise.bin" "two words.txt"))
          (copy-file (concat base name) name t)))
    (copy-file "mine.bin" (concat base "put.bin") t)
    (rename-file (concat base "put.bin") (concat base "renamed.bin") t)))
