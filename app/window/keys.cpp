#include "app/window/keys.h"


#include <algorithm>
#include <cmath>

namespace ipcscope {

namespace {

bool is_asked(const Desk& desk) { return desk.player() && desk.is_now() && desk.player()->wants_prediction(); }

void go_on(Desk& desk, const KeyPress&) { desk.step(); }

void move_up(Desk& desk, const KeyPress&) { is_asked(desk) ? desk.choose_option(-1) : void(desk.scroll = -60); }
void move_down(Desk& desk, const KeyPress&) { is_asked(desk) ? desk.choose_option(1) : void(desk.scroll = 60); }

void press_digit(Desk& desk, const KeyPress& press) {
    const int nth = static_cast<int>(press.code - U'1');
    if (!is_asked(desk)) return desk.step_process(static_cast<std::size_t>(nth));
    const Player& player = *desk.player();
    const LessonStep& step = player.lesson().steps[static_cast<std::size_t>(player.step())];
    const Block& block = step.blocks[static_cast<std::size_t>(player.block())];
    if (nth < static_cast<int>(block.prediction.options.size())) desk.act(WantChoose{nth});
}

void toggle_sure(Desk& desk, const KeyPress&) { if (is_asked(desk)) desk.toggle_sure(); }

void press_what_if(Desk& desk, const KeyPress& press) {
    desk.what_if(static_cast<int>(what_if_keys.find(static_cast<char>(press.code & ~0x20u))));
}

void next_tab(Desk& desk, const KeyPress& press) { desk.turn_tab(press.is_shift ? -1 : 1); }

void toggle_full(Desk& desk, const KeyPress&) {
    desk.full_pane = desk.full_pane < 0 ? (desk.pane_under_pointer < 0 ? pane::stage : desk.pane_under_pointer) : -1;
}

void go_out(Desk& desk, const KeyPress&) {
    if (desk.full_pane >= 0) desk.full_pane = -1;
    else desk.leave();
}

void scale_text(Desk& desk, double factor) {
    double& scale = desk.progress.settings.text_scale;
    scale = std::clamp(std::round(scale * factor * 20) / 20, 0.8, 2.5);
}

void text_as_made(Desk& desk, const KeyPress&) { desk.progress.settings.text_scale = 1; }
void other_theme(Desk& desk, const KeyPress&) { desk.progress.settings.is_dark = !desk.progress.settings.is_dark; }
void quit(Desk& desk, const KeyPress&) { desk.wants_quit = true; }
void open_help(Desk& desk, const KeyPress&) { desk.is_help_open = true; }

std::vector<KeyPress> plain(std::initializer_list<char32_t> codes) {
    std::vector<KeyPress> presses;
    for (const char32_t code : codes) presses.push_back({code, false, false});
    return presses;
}

std::vector<KeyPress> range(char32_t first, char32_t last) {
    std::vector<KeyPress> presses;
    for (char32_t code = first; code <= last; ++code) presses.push_back({code, false, false});
    return presses;
}

std::vector<KeyPress> letter(char32_t lower) { return plain({lower, lower - 0x20}); }

std::vector<KeyPress> letters(std::string_view upper) {
    std::vector<KeyPress> presses;
    for (const char code : upper)
        for (const KeyPress& press : letter(static_cast<char32_t>(code) | 0x20)) presses.push_back(press);
    return presses;
}

std::vector<KeyPress> ctrl(std::initializer_list<char32_t> codes) {
    std::vector<KeyPress> presses;
    for (const char32_t code : codes) presses.push_back({code, true, false});
    return presses;
}

}  // namespace

std::span<const KeyRow> key_rows() {
    using D = Desk;
    using K = KeyPress;
    static const std::vector<KeyRow> rows = {
        {Where::List, "Arrows", "choose a lesson", plain({key::left}), true, [](D& d, const K&) { d.choose_entry(-1, 0); }},
        {Where::List, "", "", plain({key::right}), false, [](D& d, const K&) { d.choose_entry(1, 0); }},
        {Where::List, "", "", plain({key::up}), false, [](D& d, const K&) { d.choose_entry(0, -1); }},
        {Where::List, "", "", plain({key::down}), false, [](D& d, const K&) { d.choose_entry(0, 1); }},
        {Where::List, "Enter", "open it", plain({key::enter, U' '}), true, [](D& d, const K&) { d.open_chosen(); }},

        {Where::Lesson, "Space", "go on: the next call, text, answer", plain({U' '}), true, go_on},
        {Where::Lesson, "Enter →", "the same; when the lesson has no goal any more, its next text", plain({key::enter, key::right}), true, [](D& d, const K&) { d.go_onward(); }},
        {Where::Lesson, "←", "one move back", plain({key::left}), true, [](D& d, const K&) { d.act(WantBack{}); }},
        {Where::Lesson, "↑ ↓", "choose an answer; otherwise scroll the text", plain({key::up}), true, move_up},
        {Where::Lesson, "", "", plain({key::down}), false, move_down},
        {Where::Lesson, "PgUp PgDn", "scroll the text by a page", plain({key::page_up}), true, [](D& d, const K&) { d.scroll = -400; }},
        {Where::Lesson, "", "", plain({key::page_down}), false, [](D& d, const K&) { d.scroll = 400; }},
        {Where::Lesson, "1-9", "choose that answer; when none is asked, step that process", range(U'1', U'9'), true, press_digit},
        {Where::Lesson, "G", "I am sure, or it is a guess", letter(U'g'), true, toggle_sure},
        {Where::Lesson, "A-E H L N", "the what-ifs of this step", letters(what_if_keys), true, press_what_if},
        {Where::Lesson, "R", "run, and pause", letter(U'r'), true, [](D& d, const K&) { d.act(WantRun{}); }},
        {Where::Lesson, "< >", "run slower, faster", plain({U'<'}), true, [](D& d, const K&) { d.change_speed(0.5); }},
        {Where::Lesson, "", "", plain({U'>'}), false, [](D& d, const K&) { d.change_speed(2); }},
        {Where::Lesson, "Home", "restart the lesson", plain({key::home}), true, [](D& d, const K&) { d.act(WantRestart{}); }},
        {Where::Lesson, "[ ]", "look at an earlier, a later moment", plain({U'['}), true, [](D& d, const K&) { d.move_cursor(-1); }},
        {Where::Lesson, "", "", plain({U']'}), false, [](D& d, const K&) { d.move_cursor(1); }},
        {Where::Lesson, "End", "back to now", plain({key::end}), true, [](D& d, const K&) { d.act(WantCursor{no_id}); }},
        {Where::Lesson, "K", "kill the selected process (what if?)", letter(U'k'), true, [](D& d, const K&) { d.kill_selected(); }},
        {Where::Lesson, "I", "the held call fails: EINTR, or what it may answer (what if?)", letter(U'i'), true, [](D& d, const K&) { d.fail_held(); }},
        {Where::Lesson, "W", "the held wait returns without a signal (what if?)", letter(U'w'), true, [](D& d, const K&) { d.wake_held(); }},
        {Where::Lesson, "S", "the held call gets one byte only (what if?)", letter(U's'), true, [](D& d, const K&) { d.shorten_held(1); }},
        {Where::Lesson, "P X", "the chosen packet on the wire, or the oldest, passes; is dropped", letter(U'p'), true, [](Desk& d, const K&) { d.carry_held(PacketFate::Delivered); }},
        {Where::Lesson, "", "", letter(U'x'), false, [](Desk& d, const K&) { d.carry_held(PacketFate::Dropped); }},
        {Where::Lesson, "U J", "it is duplicated; one bit of it is changed", letter(U'u'), true, [](Desk& d, const K&) { d.carry_held(PacketFate::Duplicated); }},
        {Where::Lesson, "", "", letter(U'j'), false, [](Desk& d, const K&) { d.carry_held(PacketFate::Corrupted); }},
        {Where::Lesson, "Y", "it comes late", letter(U'y'), true, [](Desk& d, const K&) { d.delay_held(); }},
        {Where::Lesson, "O", "choose another packet that waits: it may overtake", letter(U'o'), true, [](Desk& d, const K&) { d.choose_packet(); }},
        {Where::Lesson, "V Ctrl+R", "the wire's latency; its rate", letter(U'v'), true, [](Desk& d, const K&) { d.change_wire(WireRule::Latency); }},
        {Where::Lesson, "", "", ctrl({U'r'}), false, [](Desk& d, const K&) { d.change_wire(WireRule::Rate); }},
        {Where::Lesson, "Ctrl+X Z", "what the wire loses; pull the cable, and put it in again", ctrl({U'x'}), true, [](Desk& d, const K&) { d.change_wire(WireRule::Loss); }},
        {Where::Lesson, "", "", letter(U'z'), false, [](Desk& d, const K&) { d.change_wire(WireRule::Cable); }},
        {Where::Lesson, "Tab", "the next tab", plain({key::tab}), true, next_tab},
        {Where::Lesson, "", "", {{key::tab, false, true}}, false, next_tab},
        {Where::Lesson, "Ctrl+F", "search the calls", ctrl({U'f'}), true, [](D& d, const K&) { d.search(); }},
        {Where::Lesson, "M", "measure the mechanisms, where the lesson compares some; or cancel", letter(U'm'), true, [](D& d, const K&) { d.measure(); }},
        {Where::Lesson, ", .", "smaller, larger messages", plain({U','}), true, [](D& d, const K&) { d.choose_size(-1); }},
        {Where::Lesson, "", "", plain({U'.'}), false, [](D& d, const K&) { d.choose_size(1); }},
        {Where::Lesson, "F", "one panel over the whole window, and back", letter(U'f'), true, toggle_full},
        {Where::Lesson, "Esc", "back to the lessons", plain({key::escape}), true, go_out},

        {Where::Confirm, "", "", plain({key::enter, U'y', U'Y'}), false, [](D& d, const K&) { d.confirm(true); }},
        {Where::Confirm, "", "", plain({key::escape, U'n', U'N'}), false, [](D& d, const K&) { d.confirm(false); }},

        {Where::Anywhere, "T", "dark or light", letter(U't'), true, other_theme},
        {Where::Anywhere, "+ -", "larger, smaller text", plain({U'+', U'='}), true, [](D& d, const K&) { scale_text(d, 1.1); }},
        {Where::Anywhere, "", "", ctrl({U'+', U'='}), false, [](D& d, const K&) { scale_text(d, 1.1); }},
        {Where::Anywhere, "", "", plain({U'-'}), false, [](D& d, const K&) { scale_text(d, 1 / 1.1); }},
        {Where::Anywhere, "", "", ctrl({U'-'}), false, [](D& d, const K&) { scale_text(d, 1 / 1.1); }},
        {Where::Anywhere, "Ctrl+0", "text as it was made", ctrl({U'0'}), true, text_as_made},
        {Where::Anywhere, "?", "this list", plain({U'?', key::f1}), true, open_help},
        {Where::Anywhere, "Q", "quit", letter(U'q'), true, quit},
        {Where::Anywhere, "", "", ctrl({U'q'}), false, quit},
    };
    return rows;
}

void dispatch_keys(Desk& desk, const std::vector<KeyPress>& presses, bool is_typing) {
    for (KeyPress press : presses) {
        const bool is_text = !press.is_ctrl && (press.code < key::first || (press.code != key::escape && press.code != key::f1));
        if (is_typing && (is_text || press.code == key::escape)) continue;
        if (desk.is_help_open) {   // any key puts the list away
            desk.is_help_open = false;
            continue;
        }
        if (!desk.complaint().empty()) desk.dismiss_complaint();
        const Where here = desk.unconfirmed()                        ? Where::Confirm
                           : desk.screen() == Desk::Screen::Lesson ? Where::Lesson
                                                                     : Where::List;
        const std::span<const KeyRow> rows = key_rows();
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const KeyRow& row) {
            const bool is_here = row.where == here || (row.where == Where::Anywhere && here != Where::Confirm);
            return is_here && std::find(row.presses.begin(), row.presses.end(), press) != row.presses.end();
        });
        if (row != rows.end()) row->act(desk, press);
    }
}

}  // namespace ipcscope
