# completions.zsh bash|zsh SCRIPT LINE...: prints each line as it stands after a press of Tab at its end, in a shell at a terminal of its own.
zmodload zsh/zpty
shell=$1 script=$2
shift 2
if [[ $shell == zsh ]]; then
  zpty it zsh -f -i
  zpty -w it "PS1= PS2=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D; source ${(q)script}"
  zpty -w it 'show() { print; print -r -- "BEGIN${BUFFER}END"; BUFFER= }; zle -N show; bindkey "^T" show; print REA""DY'
else
  zpty it env TERM=dumb bash --norc --noprofile -i
  zpty -w it "PS1= PS2=; bind 'set enable-bracketed-paste off'; source ${(q)script}"
  zpty -w it 'show() { printf "\nBEGIN%sEND\n" "$READLINE_LINE"; READLINE_LINE=; }; bind -x "\"\C-t\": show"; echo REA""DY'
fi
zpty -r it shown '*READY*'
for line in "$@"; do
  zpty -w -n it "$line"$'\t\x14'
  zpty -r it shown '*BEGIN*END*'
  shown=${shown##*BEGIN}
  print -r -- "${shown%%END*}"
done
zpty -d it
