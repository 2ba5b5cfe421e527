# Sourced by run.sh: README.md as a new user has it: its commands, its file, what it says is printed.
# shellcheck shell=bash

first_start="First start, on two hosts"

readme_block() {  # readme_block HEADING LANGUAGE: the first such block under that heading
  awk -v heading="## $1" -v fence="\`\`\`$2" '
    block && /^```/ {exit}
    block {print}
    $0 == heading {on = 1}
    on && $0 == fence {block = 1}' "$source/README.md"
}

documented_commands() {
  readme_block "$first_start" sh | sed 's/ *#.*//'
}

# As an administrator types it. The editor's part is to paste the file that the README shows.
type_in() {  # type_in HOST COMMAND
  case $2 in
    'editor '*) readme_block Configuration toml | on "$1" sh -c "cat >${2#editor }" ;;
    'apt '*) on "$1" sh -c "cd /root && $2" <<<y ;;
    *) on "$1" sh -c "cd /root && $2" </dev/null ;;
  esac
}

# What is different each time. Columns are as wide as the numbers in them.
normalised() {
  sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?/TIME/g; s/~deb[0-9]+//g
    s/10\.77\.0\./lab-/g; s/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g
    s/(^|[^A-Za-z0-9_-])[0-9][0-9,.]*/\1N/g; s/N (B|KiB|MiB)/N B/g; s/N ?(us|ms|s)\>/N s/g; s/ +/ /g; s/ $//'
}

shown() {  # shown HOST COMMAND: what the README says it prints there
  readme_block "$first_start" text | awk -v prompt="redis-$1# $2" '
    /^redis-[a-z]+# / {on = $0 == prompt; next} on {print}'
}
is_shown() { readme_block "$first_start" text | grep -qxF "redis-$1# $2"; }

# A first line `...` stands for any number of lines.
prints_what_is_shown() {  # prints_what_is_shown HOST COMMAND FILE
  local expected printed
  mapfile -t expected < <(shown "$1" "$2" | normalised)
  mapfile -t printed < <(normalised <"$3")
  if [ "${expected[0]}" = ... ]; then
    expected=("${expected[@]:1}")
    printed=("${printed[@]: -${#expected[@]}}")
  fi
  diff <(printf '%s\n' "${expected[@]}") <(printf '%s\n' "${printed[@]}")
}

# The figures that docs/installation.md gives are lines of this test.
figures_are_current() {
  local line
  while read -r line; do
    grep -qxF "$line" <(normalised <"$work/measured") || { echo "not printed: $line"; return 1; }
  done < <(grep -E '^ +[^:]+: longest gap' "$source/docs/installation.md" | normalised | sed 's/^ *//')
}
