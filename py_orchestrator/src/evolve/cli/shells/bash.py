"""The script for bash, also for zsh, which understands bash's once it is asked to."""

from collections.abc import Sequence
from typing import Final

from evolve.cli.shells.words import Command

_SCRIPT: Final = """\
# Completion of evolve for bash. 'evolve completion bash' makes it.

_evolve_runs() {
    local record
    for record in runs/*/run.json; do
        if [ -e "$record" ]; then
            record=${record%/run.json}
            printf '%s\\n' "${record#runs/}"
        fi
    done
}

# Offers words of the kinds that it is given: runs, worlds, settings, files, folders, or words themselves.
_evolve_offer() {
    local kind line offered=""
    for kind in "$@"; do
        case $kind in
            runs) offered+=$(compgen -W "$(_evolve_runs)" -- "$cur")$'\\n' ;;
            worlds) offered+=$(compgen -W "@WORLDS@" -- "$cur")$'\\n' ;;
            settings)
                offered+=$(compgen -S = -W "@SETTINGS@" -- "$cur")$'\\n'
                compopt -o nospace 2> /dev/null
                ;;
            folders)
                offered+=$(compgen -d -- "$cur")$'\\n'
                compopt -o filenames 2> /dev/null
                ;;
            files)
                offered+=$(compgen -f -- "$cur")$'\\n'
                compopt -o filenames 2> /dev/null
                ;;
            files\\ *)
                offered+=$(compgen -d -- "$cur"; compgen -f -X "!*${kind#files }" -- "$cur")$'\\n'
                compopt -o filenames 2> /dev/null
                ;;
            words\\ *) offered+=$(compgen -W "${kind#words }" -- "$cur")$'\\n' ;;
        esac
    done
    while IFS= read -r line; do
        if [ -n "$line" ]; then
            COMPREPLY+=("$line")
        fi
    done <<< "$offered"
}

_evolve() {
    local cur=${COMP_WORDS[COMP_CWORD]} place=1 command="" option="" word
    COMPREPLY=()
    while [ "$place" -lt "$COMP_CWORD" ]; do
        word=${COMP_WORDS[place]}
        place=$((place + 1))
        # bash takes --seed=7 apart into three words.
        if [ "$word" = "=" ]; then
            continue
        fi
        if [ -n "$option" ]; then
            option=""
            continue
        fi
        case "$command $word" in
@COMMANDS@
@VALUED@
        esac
    done
    if [ "$cur" = "=" ]; then
        cur=""
    fi
    if [ -n "$option" ]; then
        case "$command $option" in
@VALUES@
        esac
        return
    fi
    case $command in
@WORDS@
    esac
}
"""

_BEGIN_ZSH: Final = """\
# Completion of evolve for zsh, through its understanding of bash's. 'evolve completion zsh' makes it.

autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit

"""

_END: Final = "\ncomplete -F _evolve evolve\n"


def bash_script(commands: Sequence[Command], worlds: Sequence[str], settings: Sequence[str]) -> str:
    return _filled(commands, worlds, settings) + _END


def zsh_script(commands: Sequence[Command], worlds: Sequence[str], settings: Sequence[str]) -> str:
    _, _, functions = _filled(commands, worlds, settings).partition("\n\n")
    return _BEGIN_ZSH + functions + _END


def _filled(commands: Sequence[Command], worlds: Sequence[str], settings: Sequence[str]) -> str:
    parts = {
        "@WORLDS@": " ".join(worlds),
        "@SETTINGS@": " ".join(settings),
        "@COMMANDS@": "\n".join(_enter(one) for one in commands if one.path),
        "@VALUED@": "\n".join(line for one in commands if (line := _valued(one))),
        "@VALUES@": "\n".join(line for one in commands for line in _values(one)),
        "@WORDS@": "\n".join(_words(one) for one in commands),
    }
    script = _SCRIPT
    for name, text in parts.items():
        script = script.replace(name, text)
    return script


def _enter(command: Command) -> str:
    above, _, name = command.path.rpartition(" ")
    return f'            "{above} {name}") command="{command.path}" ;;'


def _valued(command: Command) -> str:
    names = [name for option in command.options if option.kinds is not None for name in option.names]
    patterns = " | ".join(f'"{command.path} {name}"' for name in names)
    return f"            {patterns}) option=$word ;;" if names else ""


def _values(command: Command) -> list[str]:
    return [
        f'            "{command.path} {name}") _evolve_offer {_quoted(option.kinds)} ;;'
        for option in command.options
        if option.kinds
        for name in option.names
    ]


def _words(command: Command) -> str:
    options = " ".join(name for option in command.options for name in option.names)
    names = " ".join(name for name, _ in command.commands)
    others = (f"words {names}",) if names else command.kinds
    return (
        f'        "{command.path}")\n'
        f"            case $cur in\n"
        f'                -*) _evolve_offer "words {options}" ;;\n'
        f"                *) _evolve_offer {_quoted(others)} ;;\n"
        f"            esac\n"
        f"            ;;"
    )


def _quoted(kinds: Sequence[str]) -> str:
    return " ".join(f'"{kind}"' for kind in kinds)
