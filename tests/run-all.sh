#!/usr/bin/env bash
# Builds everything once and runs every test. The last line is exactly: N passed, N failed, N skipped
set -uo pipefail

# Limits, in seconds. The whole run ends within total_limit, whatever hangs.
readonly total_limit=1500 install_limit=300 restore_limit=300 build_limit=600 project_limit=780 campaign_limit=300
readonly reserve=15 # kept for stopping what hangs and for the report

# Real servers the tests start: program and the Debian package that has it. One line per server.
readonly servers='
mosquitto         mosquitto
victoria-metrics  victoria-metrics
initdb            postgresql
'

# Short runs of the simulators beside the tests; each counts as one test.
# campaign NAME ARGS...   runs: dotnet <simulators> ARGS...
campaigns() {
  campaign demo    demo --exit
  campaign journal journal --seeds 3000
  campaign crash   crash --rounds 6 --seed 1
  campaign bench   bench --quick
  campaign rule    bench compliance --quick
  campaign gate    restrict --days 9 --cabinets 5
  campaign series  series --days 2 --cabinets 12
  campaign distributed crash --engine distributed --rounds 6
  campaign scale   scale --cabinets 1000
  campaign outage  city --cabinets 150 --outage 2d --healthy 20 --at-once
}

usage() {
  cat <<'TEXT'
Usage: bash tests/run-all.sh [options] [NAME...]

Builds the solution in Release and runs every test project; with NAMEs only these. A NAME is a folder under tests/
(protocol, kiosk-agent, tidy, ...) or the word "campaigns" for the short runs of the simulators.

  --filter TEXT   only tests whose full name contains TEXT (or a VSTest filter: FullyQualifiedName~A&...)
  --list          list the names and end
  --help          this text

Exit code: 0 when something passed, nothing failed and, with CI=true, nothing was skipped; otherwise 1.
Servers the tests need are installed with apt-get when they are missing and this runs as root; what cannot be
installed is named, and its tests are reported as skipped.

Examples:
  bash tests/run-all.sh
  bash tests/run-all.sh protocol tidy
  bash tests/run-all.sh --filter power_loss kiosk-agent
  CI=true bash tests/run-all.sh
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
cd "$root" || exit 1
readonly root
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
SECONDS=0
passed=0 failed=0 skipped=0
filter='' names=() work='' memory='' running='' simulators=''

say() { printf '%s\n' "$*"; }

# show_end LINES FILE: the end of an output without colours, and always ended by a line feed of its own.
show_end() { tail -n "$1" "$2" | sed 's/\x1b\[[0-9;]*m//g' | awk 1; }

finish() {
  say "$passed passed, $failed failed, $skipped skipped"
  if ((failed > 0 || passed == 0)) || { [[ ${CI:-} == true ]] && ((skipped > 0)); }; then
    exit 1
  fi
  exit 0
}

# Ends the run for a reason that leaves nothing to count but one failure.
give_up() {
  say "FAILED: $*"
  failed=$((failed + 1))
  finish
}

# bounded LIMIT COMMAND...: runs a command for LIMIT seconds or until the total is used up, whichever is sooner.
# Its own process group gets TERM and, ten seconds later, KILL. Exit code 124 or 137: it was stopped.
bounded() {
  local limit=$1 left=$((total_limit - reserve - SECONDS))
  shift
  if ((left < limit)); then limit=$left; fi
  if ((limit <= 0)); then return 124; fi
  timeout --kill-after=10 "$limit" "$@" </dev/null &
  running=$!
  wait "$running"
}

# An interrupt reaches this script and not the group that timeout made; pass it on.
stop_running() {
  if [[ -n $running ]]; then kill "$running" 2>/dev/null; fi
  exit 130
}

was_stopped() { (($1 == 124 || $1 == 137)); }

require_sdk() {
  local help='install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0'
  command -v dotnet >/dev/null || give_up "dotnet is not in PATH; $help"
  local version
  version=$(dotnet --version 2>/dev/null) || version=none
  if [[ $version != 10.* ]]; then
    say "Installed SDKs:"
    dotnet --list-sdks
    give_up "global.json asks for the .NET 10 SDK and got: $version; $help"
  fi
  say "SDK $version"
}

# Debian keeps PostgreSQL's programs out of PATH, in a folder of each version.
is_installed() {
  PATH="$PATH:/usr/sbin:/usr/local/sbin:$(printf '%s:' /usr/lib/postgresql/*/bin)" command -v "$1" >/dev/null
}

install_servers() {
  local program package missing=()
  while read -r program package; do
    if [[ -n $program ]] && ! is_installed "$program"; then missing+=("$package"); fi
  done <<<"$servers"
  if ((${#missing[@]} == 0)); then return; fi

  say "Missing servers: ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    say "WARNING: no apt-get here; install them by hand, until then their tests are skipped"
  elif ((EUID != 0)); then
    say "WARNING: not root; run 'apt-get install ${missing[*]}' as root, until then their tests are skipped"
  else
    say "Installing them with apt-get"
    bounded "$install_limit" apt-get -q update >"$work/apt.log" 2>&1
    for package in "${missing[@]}"; do
      if ! DEBIAN_FRONTEND=noninteractive bounded "$install_limit" apt-get -q -y -o DPkg::Lock::Timeout=120 \
        install --no-install-recommends "$package" >>"$work/apt.log" 2>&1; then
        say "WARNING: $package could not be installed; its tests are skipped. The end of apt-get's log:"
        show_end 10 "$work/apt.log"
      fi
    done
  fi
}

# Names of the test projects in the solution: those that hold tests, not the kit and not the benchmarks.
# End-to-end comes last: what it would find is cheaper to read where it is found first.
test_names() {
  local project
  while read -r project; do
    if grep -q 'PackageReference Include="xunit.v3"' "$project"; then basename "$(dirname "$project")"; fi
  done < <(tr -d '\r' <KioskFleet.sln | grep -o '"tests[^"]*\.csproj"' | tr -d '"' | tr '\\' '/' | sort) |
    awk '$0 == "end-to-end" { last = $0; next } { print } END { if (last) print last }'
}

project_of() { printf '%s\n' "tests/$1"/*.csproj; }

wanted() {
  ((${#names[@]} == 0)) || [[ " ${names[*]} " == *" $1 "* ]]
}

# run_step LABEL LIMIT COMMAND...: runs a command quietly; shows what it said only when it fails, and ends the run.
# To a file, never to a pipe: servers of the compiler inherit the output and would hold a pipe open.
run_step() {
  local label=$1 limit=$2 code started=$SECONDS
  shift 2
  bounded "$limit" "$@" >"$work/step.log" 2>&1
  code=$?
  if ((code != 0)); then
    grep -E 'error|FAILED|warn' "$work/step.log" | sort -u | head -n 40
    say "--- the end of its output:"
    show_end 15 "$work/step.log"
    if was_stopped "$code"; then give_up "$label did not end in time"; fi
    give_up "$label ended with $code"
  fi
  say "$label: $((SECONDS - started)) s"
}

build() {
  local targets=(KioskFleet.sln) target
  if ((${#names[@]} > 0)); then
    targets=()
    for name in "${names[@]}"; do
      if [[ $name == campaigns ]]; then target=simulators/KioskFleet.Simulators.csproj; else target=$(project_of "$name"); fi
      targets+=("$target")
    done
  fi
  for target in "${targets[@]}"; do
    run_step "restore $target" "$restore_limit" dotnet restore "$target" --locked-mode
    run_step "build $target" "$build_limit" dotnet build "$target" --no-restore -c Release -v quiet
  done
}

# The built assembly of a project, wherever the build puts it.
target_of() {
  bounded 120 dotnet msbuild "$1" -getProperty:TargetPath -p:Configuration=Release 2>/dev/null | tr -d '\r'
}

# attribute NAME TEXT: the number in the first NAME="..." of the text, or 0.
attribute() {
  if [[ $2 =~ [[:space:]]$1=\"([0-9]+)\" ]]; then printf '%s' "${BASH_REMATCH[1]}"; else printf 0; fi
}

# What went wrong and what was left out, from a report: one line per test.
list_outcomes() {
  sed 's/<test /\n<test /g' "$1" | awk '
    function text(attr, line,   found) {
      return match(line, attr "=\"[^\"]*\"") ? substr(line, RSTART + length(attr) + 2, RLENGTH - length(attr) - 3) : ""
    }
    /^<test / {
      result = text(" result", $0); name = text(" name", $0)
      if (result == "Fail") print "  FAILED  " name
      if (result == "Skip") {
        why = $0; sub(/.*<reason><!\[CDATA\[/, "", why); sub(/\]\]>.*/, "", why)
        if (why == $0) { sub(/.*<reason>/, "", why); sub(/<.*/, "", why) }
        print "  skipped " name ": " why
      }
    }' | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g; s/\\"/"/g'
}

# A folder in memory for the many small databases of the fleet service's tests, which prove nothing about a disk: a
# disk spends more on making and removing their files than the tests do. Empty where there is no such place.
folder_in_memory() {
  local place=/dev/shm needed_kib=$((4 * 1024 * 1024)) free_kib
  free_kib=$(df --output=avail "$place" 2>/dev/null | tail -n 1)
  if [[ -w $place ]] && ((${free_kib:-0} >= needed_kib)); then mktemp -d "$place/kioskfleet-run-all-XXXXXX"; fi
}

# run_project NAME [ENGINE ARGS...]: runs a project; with ENGINE its databases are on that engine. Behind the engine's
# name may stand the part of its suites.
run_project() {
  local name=$1 engine=${2:-} project assembly report log code head started=$SECONDS arguments=() place=${TMPDIR:-/tmp}
  if [[ $name == fleet-service && -n $memory ]]; then place=$memory; fi
  shift $(($# > 1 ? 2 : 1))
  project=$(project_of "$name")
  name=$name${engine:+ on $engine}
  report=$work/${name// /-}.xml
  log=$work/${name// /-}.log
  assembly=$(target_of "$project")
  if [[ ! -f $assembly ]]; then
    failed=$((failed + 1))
    say "$name: FAILED, the built assembly is not there: ${assembly:-unknown}"
    return
  fi
  case $filter in
    '') ;;
    *[=~]*) arguments=(-filterVSTest "$filter") ;;
    *) arguments=(-method "*$filter*") ;;
  esac
  TMPDIR=$place KIOSKFLEET_TEST_ENGINE=${engine%% *} bounded "$project_limit" \
    dotnet "$assembly" -noLogo -noColor -result-xml "$report" "${arguments[@]}" "$@" >"$log" 2>&1
  code=$?

  local ok=0 bad=0 left=0
  if [[ -s $report ]]; then
    # The root element also holds times; the sums stand in the first <assembly>.
    head=$(grep -o '<assembly [^>]*>' "$report" | head -n 1)
    ok=$(attribute passed "$head") left=$(attribute skipped "$head")
    bad=$(($(attribute failed "$head") + $(attribute errors "$head")))
  fi
  if was_stopped "$code"; then
    bad=$((bad + 1))
    say "$name: stopped, it did not end in time"
  elif ((code != 0 && bad == 0)) && ! { [[ -s $report ]] && ((ok + left == 0)); }; then
    bad=1
    say "$name: ended with $code and without a failed test"
  elif [[ ! -s $report ]]; then
    bad=1
    say "$name: wrote no report"
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
  say "$name: $ok passed, $bad failed, $left skipped ($((SECONDS - started)) s)"
  if [[ -s $report ]]; then list_outcomes "$report"; fi
  if ((bad > 0)); then
    say "--- output of $name:"
    show_end 200 "$log"
    say "---"
  fi
}

# Folders of the fleet service's tests by the process in which they run over PostgreSQL: one of all of them would hold
# more memory than a small machine has. Those that are not named here run in one more.
readonly over_postgresql=(
  'Ledger Ingest Fleet Series Enforcement Rejudging Reconciliation'
  'Catalogue Compliance Policies Findings Charts Telemetry Alerts'
)

# other_folders: the folders of the fleet service's tests that are not named above.
other_folders() {
  local folder named=" ${over_postgresql[*]} "
  for folder in tests/fleet-service/*/*.cs; do
    folder=$(basename "${folder%/*}")
    if [[ $named != *" $folder "* ]]; then printf '%s\n' "$folder"; fi
  done | sort -u
}

# run_over_both_engines NAME: runs a project over SQLite and over PostgreSQL. A suite that is written for two cities
# runs for one of them over each engine, and every other suite twice, unless it is marked [RunsOnce].
run_over_both_engines() {
  local whole=$filter folders folder suites=KioskFleet.Service.Tests twice part=0
  if ! is_installed initdb; then
    run_project "$1" sqlite
    skipped=$((skipped + 1))
    say "$1 on postgresql: skipped, PostgreSQL is not installed"
  elif [[ $filter == *[=~]* ]]; then
    # The runner takes no other filter beside a VSTest filter.
    run_project "$1" sqlite
    filter="($whole)&FullyQualifiedName!~.Chuzhou&Runs!=once"
    run_project "$1" postgresql
    filter=$whole
  else
    run_project "$1" sqlite -class- '*.Linjiang*'
    for folders in "${over_postgresql[@]}" "$(other_folders)"; do
      twice=()
      for folder in $folders; do twice+=(-namespace "$suites.$folder"); done
      run_project "$1" "postgresql $((++part))" "${twice[@]}" -class- '*.Chuzhou*' -trait- Runs=once
    done
  fi
}

campaign() {
  local name=$1 code started=$SECONDS
  shift
  if [[ -z $simulators ]]; then simulators=$(target_of simulators/KioskFleet.Simulators.csproj); fi
  if [[ ! -f $simulators ]]; then
    failed=$((failed + 1))
    say "campaign $name: FAILED, the simulators are not built: ${simulators:-unknown}"
    return
  fi
  bounded "$campaign_limit" dotnet "$simulators" "$@" >"$work/campaign.log" 2>&1
  code=$?
  if ((code == 0)); then
    passed=$((passed + 1))
    say "campaign $name: passed ($((SECONDS - started)) s)"
    return
  fi
  failed=$((failed + 1))
  if was_stopped "$code"; then code="$code, stopped: it did not end in time"; fi
  say "campaign $name: FAILED with $code; to repeat it: dotnet run --project simulators -c Release -- $*"
  show_end 100 "$work/campaign.log"
}

main() {
  local known name list=0
  mapfile -t known < <(test_names)
  while (($# > 0)); do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --list) list=1 ;;
      --filter)
        if (($# < 2)); then say "--filter needs a text"; exit 2; fi
        filter=$2
        shift
        ;;
      --filter=*) filter=${1#--filter=} ;;
      -*) say "unknown option $1; see --help"; exit 2 ;;
      *)
        name=${1%/} name=${name##*/}
        if [[ " ${known[*]} campaigns " != *" $name "* ]]; then
          say "no test project $1; there are: ${known[*]} campaigns"
          exit 2
        fi
        names+=("$name")
        ;;
    esac
    shift
  done
  if ((list)); then printf '%s\n' "${known[@]}" campaigns; exit 0; fi

  work=$(mktemp -d "${TMPDIR:-/tmp}/kioskfleet-run-all-XXXXXX") || exit 1
  memory=$(folder_in_memory)
  # The tests' PostgreSQL runs as another user and has to reach its folder.
  if [[ -n $memory ]]; then chmod 711 "$memory"; fi
  trap 'rm -rf "$work" ${memory:+"$memory"}' EXIT
  trap stop_running INT TERM
  if ((${#known[@]} == 0)); then give_up "KioskFleet.sln names no test project"; fi
  require_sdk
  install_servers
  build
  for name in "${known[@]}"; do
    if ! wanted "$name"; then continue; fi
    if [[ $name == fleet-service ]]; then run_over_both_engines "$name"; else run_project "$name"; fi
  done
  # A filter names tests, and a campaign is none.
  if wanted campaigns && [[ -z $filter ]]; then campaigns; fi
  if ((passed + failed + skipped == 0)); then say "FAILED: no test was run"; fi
  finish
}

main "$@"
