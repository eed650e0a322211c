/** Options whose value is a file. */
const FILES = '--attach|-a|--schema|--script|--models|--tools|--config|--keys';
/** Options whose value is a model. */
const MODELS = '--model|-m';

/** A script for bash. */
export function bashScript(
  commands: readonly string[],
  options: ReadonlyMap<string, readonly string[]>,
): string {
  const cases = [...options].map(([name, list]) => `    ${name}) words="${list.join(' ')}" ;;\n`).join('');
  return `# Completion of bedrock-anywhere for bash. Add to ~/.bashrc: source <(bedrock-anywhere completion bash)
_bedrock_anywhere() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  # A model id has a colon, at which bash begins a new word.
  if [[ "$COMP_WORDBREAKS" == *:* ]] && declare -F _get_comp_words_by_ref >/dev/null; then
    local cword
    _get_comp_words_by_ref -n : cur prev
    current="$cur" previous="$prev"
  fi
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "${commands.join(' ')}" -- "$current"))
    return
  fi
  case "$previous" in
    ${MODELS})
      COMPREPLY=($(compgen -W "$(bedrock-anywhere completion --models 2>/dev/null)" -- "$current"))
      declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$current"
      return ;;
    ${FILES}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases}    help) words="${commands.join(' ')}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _bedrock_anywhere bedrock-anywhere
`;
}

/** A script for zsh. */
export function zshScript(
  commands: readonly string[],
  options: ReadonlyMap<string, readonly string[]>,
): string {
  const cases = [...options].map(([name, list]) => `    ${name}) compadd -- ${list.join(' ')} ;;\n`).join('');
  return `# Completion of bedrock-anywhere for zsh. Add to ~/.zshrc: source <(bedrock-anywhere completion zsh)
_bedrock_anywhere() {
  if (( CURRENT == 2 )); then
    compadd -- ${commands.join(' ')}
    return
  fi
  case "$words[CURRENT-1]" in
    ${MODELS}) compadd -- \${(f)"$(bedrock-anywhere completion --models 2>/dev/null)"}; return ;;
    ${FILES}) _files; return ;;
  esac
  case "$words[2]" in
${cases}    help) compadd -- ${commands.join(' ')} ;;
    *) _files ;;
  esac
}
compdef _bedrock_anywhere bedrock-anywhere
`;
}
