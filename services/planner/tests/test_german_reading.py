from wactorz_planner import german, german_reading


def test_no_sentence_is_told_in_two_ways():
    shared = german_reading.GERMAN.keys() & german.GERMAN.keys()
    assert {key: german.GERMAN[key] for key in shared} == german_reading.GERMAN
