import pytest

from wactorz_llm.providers.places import host_of, is_local


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:11434", "http://127.0.0.1:8000/v1", "http://[::1]:8000", "http://192.168.1.5/v1",
        "http://10.0.0.2", "http://172.20.1.1:80", "http://[fd00::1]", "http://ollama:11434", "http://nas.local:11434",
        "http://host.docker.internal:11434", "http://box.lan", "192.168.1.5:11434", "http://box.home.arpa.",
    ],
)  # fmt: skip
def test_house(url):
    assert is_local(url)


@pytest.mark.parametrize(
    "url", ["https://api.openai.com/v1", "https://ollama.com", "http://8.8.8.8", "http://172.32.0.1", "", "http://"]
)
def test_elsewhere(url):
    assert not is_local(url)


def test_host_is_told_without_its_password():
    assert host_of("http://me:secret@box:8000/v1?key=secret") == "box:8000"
    assert host_of("https://api.openai.com/v1") == "api.openai.com"
