"""Looks at an agent's code before it runs; nothing is executed. Problems are told so that a model can mend them."""

import ast
import sys
from collections.abc import Iterator

FUNCTIONS = {"setup": 1, "process": 1, "handle_task": 2, "cleanup": 1, "on_answer": 3}
"""Functions of the contract and how many arguments each takes."""

_INSTEAD = {
    "paho": "use agent.publish and agent.subscribe, which are connected already",
    "aiomqtt": "use agent.publish and agent.subscribe, which are connected already",
    "gmqtt": "use agent.publish and agent.subscribe, which are connected already",
    "asyncio_mqtt": "use agent.publish and agent.subscribe, which are connected already",
    "requests": "use 'await agent.http.get(url)' with the host in grants.http",
    "httpx": "use 'await agent.http.get(url)' with the host in grants.http",
    "aiohttp": "use 'await agent.http.get(url)' with the host in grants.http",
    "urllib.request": "use 'await agent.http.get(url)' with the host in grants.http",
    "http.client": "use 'await agent.http.get(url)' with the host in grants.http",
    "socket": "use agent.http for web servers and agent.publish for messages",
    "ssl": "use agent.http for web servers",
    "socketserver": "an agent does not serve: answer tasks with handle_task",
    "http.server": "an agent does not serve: answer tasks with handle_task",
    "subprocess": "an agent cannot start programs: send a task to an agent that may",
    "multiprocessing": "write async functions, which run side by side",
    "threading": "write async functions and agent.run_in_background",
    "_thread": "write async functions and agent.run_in_background",
    "concurrent.futures": "write async functions and asyncio.gather",
    "ctypes": "an agent runs Python code only",
    "cffi": "an agent runs Python code only",
    "signal": "write cleanup(agent) for the end",
    "homeassistant": "listen to homeassistant/state_changes/#, and send tasks to 'home-assistant-actuator'",
    "hass_client": "listen to homeassistant/state_changes/#, and send tasks to 'home-assistant-actuator'",
    "anthropic": "use 'await agent.llm.chat(prompt)' with the grant \"model\": true",
    "openai": "use 'await agent.llm.chat(prompt)' with the grant \"model\": true",
    "wactorz": "everything an agent may do is a method of `agent`",
}
_ALWAYS = frozenset({"paho", "aiomqtt", "gmqtt", "asyncio_mqtt", "homeassistant", "hass_client", "anthropic", "openai",
                     "subprocess", "multiprocessing", "ctypes", "cffi", "socketserver", "http.server", "signal",
                     "wactorz"})  # fmt: skip
"""Forbidden even with packages, when a process of its own runs the code."""

_WITH_SANDBOX = frozenset({"jinja2", "dateutil", "tomli_w"})
_CALLS = {
    "exec": "write the code itself", "eval": "use json.loads or ast.literal_eval", "open": "use agent.persist and "
    "agent.recall: an agent has no files", "input": "ask people with agent.notify_user", "__import__": "write 'import'",
    "breakpoint": "use agent.log",
}  # fmt: skip
_OS_CALLS = frozenset({"system", "popen", "fork", "execv", "execve", "spawnv", "kill", "remove", "unlink"})
_DIRECTORY = frozenset({"agents", "nodes", "topics", "capabilities"})


def problems_of(code: str, *, has_packages: bool) -> list[str]:
    """What keeps the code from running, each with its line and what to write instead; empty when nothing does."""
    if not code.strip():
        return ["there is no code: write at least one of " + _names()]
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return [f"line {error.lineno or 1}: syntax error: {error.msg}: {(error.text or '').strip()[:120]}"]
    except (ValueError, RecursionError, MemoryError) as error:
        return [f"the code cannot be read: {error}"]
    return [*_contract(tree), *_imports(tree, has_packages=has_packages), *_calls(tree, has_packages=has_packages)]


def looks_around(code: str) -> bool:
    """Whether the code asks who else is there."""
    return any(f".{name}(" in code for name in _DIRECTORY)


def _contract(tree: ast.Module) -> Iterator[str]:
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assigned = {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
                if isinstance(target, ast.Name)}  # fmt: skip
    if not set(FUNCTIONS) & (set(found) | assigned):
        yield f"it has none of the functions that are called: write at least one of {_names()} at the top level"
    for name, count in FUNCTIONS.items():
        if name in found and not _takes(found[name].args, count):
            expected = ("agent", "payload") if name == "handle_task" else ("agent", "question", "option")[:count]
            yield f"line {found[name].lineno}: write 'async def {name}({', '.join(expected)})'"


def _takes(arguments: ast.arguments, count: int) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    keywords = [default for default in arguments.kw_defaults if default is None]
    return required <= count and not keywords and (positional >= count or arguments.vararg is not None)


def _imports(tree: ast.Module, *, has_packages: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        for module in _modules(node):
            problem = _problem_of_import(module, has_packages=has_packages)
            if problem:
                yield f"line {node.lineno}: '{module}' cannot be imported: {problem}"  # type: ignore[attr-defined]  # imports have one


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")] if node.level else [node.module or ""]
    return []


def _problem_of_import(module: str, *, has_packages: bool) -> str:
    if module.startswith("."):
        return "the code is one module, there is nothing beside it"
    top = module.partition(".")[0]
    for name in (module, top):
        if name in _INSTEAD and (name in _ALWAYS or not has_packages):
            return _INSTEAD[name]
    if has_packages or top in sys.stdlib_module_names or top in _WITH_SANDBOX:
        return ""
    return f'it is no part of Python: do without it, or name its package in \'install\' ("install": ["{top}"])'


def _calls(tree: ast.Module, *, has_packages: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id in _CALLS and not (has_packages and function.id == "open"):
            yield f"line {node.lineno}: {function.id}() is not for agents: {_CALLS[function.id]}"
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            yield from _attribute_call(function.value.id, function.attr, node.lineno)


def _attribute_call(owner: str, name: str, line: int) -> Iterator[str]:
    if owner == "os" and name in _OS_CALLS:
        yield f"line {line}: os.{name}() is not for agents: they have no programs and no files"
    if owner == "asyncio" and name == "run":
        yield f"line {line}: asyncio.run() is not for agents: a loop runs already, so write 'await'"


def _names() -> str:
    return ", ".join(list(FUNCTIONS)[:4])
