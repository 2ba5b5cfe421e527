# usage: zsh -f complete.zsh FOLDER LINE
# Prints what zsh offers when Tab is pressed after LINE, one a line. FOLDER holds _redvip. A second zsh
# on a pseudo-terminal is asked, because completion needs a line editor; its compadd tells the matches.
emulate -R zsh
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "PS1= PS2= RPS1=; unsetopt prompt_sp
fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D
zstyle ':completion:*' menu no
bindkey '^I' complete-word; bindkey '^U' kill-whole-line
compadd () {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \"\$@\"; return \$?; fi
  typeset -a matches
  builtin compadd -A matches \"\$@\"
  print -rl -- $'\nMATCH '\$^matches
  return 1
}
zle-line-init () { print -r -- \$'\n'REA''DY }; zle -N zle-line-init"
# Not before the line editor has begun: until then the terminal itself takes ^U.
until [[ $output == *$'\n'READY* ]]; do zpty -r inner chunk || exit 1; output+=$chunk; done
zpty -n -w inner "$2"$'\t\x15'
zpty -w inner 'print -r -- DO""NE'
output=
until [[ $output == *$'\n'DONE* ]]; do zpty -r inner chunk || exit 1; output+=$chunk; done
zpty -d inner
print -rl -- ${${(M)${(f)${output//$'\r'/}}:#*MATCH *}#*MATCH } | sort -u
