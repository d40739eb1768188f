# SPDX-License-Identifier: MIT
# bash completion for bitnetctl(1). Needs bash alone; with bash-completion the command after "run --" is completed as well.

_bitnetctl()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-} i
    local limits='--timeout --deadline --kill-grace --concurrency --output-cap'
    local output='--json -q --quiet --csv --output-dir'
    local history='--no-history --data-dir'
    local selection='--since --until --outcome --group --model --engine --kind --name --data-dir'
    local engine='--build-dir -m --model -c --ctx-size -b --batch-size -t --threads -ngl --gpu-layers -n --n-predict --temp'
    local sampling='--top-k --top-p --min-p --repeat-penalty --seed'
    COMPREPLY=()

    # bash takes "--timeout=5" for three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W 'run infer chat serve history report models doctor help -h --help --version' -- "$cur")
        return
    fi

    for ((i = 2; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            if [[ $command == run ]] && declare -F _command_offset >/dev/null; then
                _command_offset $((i + 1))
            fi
            return
        fi
    done

    case $prev in
    --cwd | --build-dir | --output-dir | --data-dir)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --jobs | --csv | -o | --output | -m | --model | -f | --prompt-file | --key-file)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    -t | --threads | -ngl | --gpu-layers)
        mapfile -t COMPREPLY < <(compgen -W 'auto' -- "$cur")
        return
        ;;
    --since | --until)
        mapfile -t COMPREPLY < <(compgen -W '1h 24h 7d today yesterday' -- "$cur")
        return
        ;;
    --outcome)
        mapfile -t COMPREPLY < <(compgen -W 'succeeded failed crashed timed_out expired cancelled failed_to_start interrupted
            lost' -- "$cur")
        return
        ;;
    --kind)
        mapfile -t COMPREPLY < <(compgen -W 'inference server custom' -- "$cur")
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W 'csv summary-csv html pdf json' -- "$cur")
        return
        ;;
    --measure)
        mapfile -t COMPREPLY < <(compgen -W 'latency ttft run queue-wait tpot' -- "$cur")
        return
        ;;
    --timeout | --deadline | --kill-grace | --latency-limit | --ttft-limit | --tpot-limit)
        mapfile -t COMPREPLY < <(compgen -W '500ms 1s 30s 2m 1h' -- "$cur")
        return
        ;;
    --concurrency | --output-cap | --name | --group | --engine | --title | --limit | --env | -p | --prompt | -n | --n-predict | -c | --ctx-size | -b | \
        --batch-size | --temp | --top-k | --top-p | --min-p | --repeat-penalty | --seed | --port | -np | --parallel | --server | \
        --system | --stop)
        return
        ;;
    esac

    case $command in
    run)
        mapfile -t COMPREPLY < <(compgen -W "--name --cwd --env -i --stdin --jobs $limits $output $history -h --help --" -- "$cur")
        ;;
    infer)
        mapfile -t COMPREPLY < <(compgen -W "$engine $sampling -p --prompt -f --prompt-file --dry-run $limits $output $history
            -h --help --" -- "$cur")
        ;;
    chat)
        mapfile -t COMPREPLY < <(compgen -W "$engine $sampling --server --key-file --system --stop --timeout --json -q --quiet
            --record --data-dir -h --help --" -- "$cur")
        ;;
    serve)
        mapfile -t COMPREPLY < <(compgen -W "$engine --name --port -np --parallel --restart --json --log -q --quiet -h --help
            --" -- "$cur")
        ;;
    models)
        if [[ $cur == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W '-c --ctx-size --json -h --help' -- "$cur")
        else
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        fi
        ;;
    history)
        mapfile -t COMPREPLY < <(compgen -W "$selection --limit --json --csv -h --help" -- "$cur")
        ;;
    report)
        mapfile -t COMPREPLY < <(compgen -W "$selection --measure --latency-limit --ttft-limit --tpot-limit --title --format
            -o --output -h --help" -- "$cur")
        ;;
    doctor)
        mapfile -t COMPREPLY < <(compgen -W '--build-dir -m --model --json -h --help' -- "$cur")
        ;;
    help)
        mapfile -t COMPREPLY < <(compgen -W 'run infer chat serve history report models doctor' -- "$cur")
        ;;
    esac
} &&
    complete -F _bitnetctl bitnetctl
