# Waits for its parent to end, however that happens (kill -9 included), then ends what the parent left behind.
# Standard input tells which process groups live: "add PGID", "del PGID". End of input = the parent is gone.
# $1: the mark (NAME=value) that every child carries in its environment; finds those that left their group (Linux only).
# $2: a folder of theirs, deleted at the very end; may be empty.
mark=$1
scratch=$2
groups=' '
trap '' INT TERM HUP
while read -r verb group; do
  case $verb in
    add) groups="$groups$group " ;;
    del) groups=$(printf '%s' "$groups" | sed "s/ $group / /") ;;
  esac
done
marked() { grep -lsFe "$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
alive() {
  for group in $groups; do kill -0 -- "-$group" 2>/dev/null && return 0; done
  [ -n "$(marked)" ]
}
signal_all() {
  for group in $groups; do kill "-$1" -- "-$group" 2>/dev/null; done
  for pid in $(marked); do kill "-$1" "$pid" 2>/dev/null; done
}
wait_for_end() {
  tries=0
  while alive && [ $tries -lt "$1" ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
}
if alive; then
  signal_all INT
  wait_for_end 50
  signal_all KILL
  wait_for_end 20
fi
[ -z "$scratch" ] || rm -rf -- "$scratch"
