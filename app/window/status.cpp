#include "app/window/status.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ipcscope {

std::string status_text(const Desk& desk) {
    std::ostringstream out;
    const Settings& settings = desk.progress.settings;
    out << "theme " << (settings.is_dark ? "dark" : "light") << "\nscale " << settings.text_scale << "\npane "
        << desk.top_pane() << "\nfull " << desk.full_pane << "\nhelp " << desk.is_help_open << "\ncomplaint "
        << desk.complaint() << '\n';
    const Player* player = desk.player();
    if (!player) {
        out << "screen " << (desk.unconfirmed() ? "confirm" : "list") << "\nlessons " << desk.entries().size() << "\nchosen "
            << desk.chosen << '\n';
        return out.str();
    }
    const Run* run = player->run();
    out << "screen lesson\nlesson " << player->lesson().id << "\nstep " << player->step() + 1 << "\nsteps "
        << player->step_count() << "\nblock " << player->block() << "\nmoves " << player->moves() << "\nstep_done "
        << player->is_step_done() << "\ndone " << player->is_done() << "\nasked " << player->wants_prediction() << "\nfocus "
        << desk.prediction_focus() << "\ncan_step " << player->can_step() << "\nrunning " << player->is_running()
        << "\nopen " << player->is_open() << "\noff_script " << player->is_off_script() << "\nfailed " << player->has_failed() << "\nstatus " << player->status()
        << "\nevents " << (run ? run->trace().size() : 0) << "\nquiet " << (run && run->is_quiet()) << "\nnow " << desk.is_now()
        << "\nmeasuring " << desk.is_measuring()
        << "\nsentence " << player->last_sentence() << '\n';
    return out.str();
}

std::string window_title(const Desk& desk) {
    const Player* player = desk.player();
    if (!player) return "ipcscope";
    return player->lesson().title + ", step " + std::to_string(player->step() + 1) + " / " +
           std::to_string(player->step_count()) + " - ipcscope";
}

StatusFile::StatusFile() {
    if (const char* path = std::getenv("IPCSCOPE_STATUS_FILE")) path_ = path;
}

void StatusFile::write(const std::string& text) {
    if (path_.empty() || text == last_) return;
    last_ = text;
    std::ofstream(path_ + ".new") << text;
    std::error_code error;   // a test that has gone needs no answer
    std::filesystem::rename(path_ + ".new", path_, error);
}

}  // namespace ipcscope
