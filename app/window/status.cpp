#include "app/window/status.h"

#include <algorithm>
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

void FrameCosts::add(std::chrono::nanoseconds work) {
    ++frames_;
    slow_ += work > std::chrono::nanoseconds(1'000'000'000 / 60);
    all_ += work;
    longest_ = std::max(longest_, work);
}

std::string FrameCosts::text() const {
    const auto ms = [](std::chrono::nanoseconds time, std::uint64_t of) { return static_cast<double>(time.count()) / 1e6 / static_cast<double>(std::max<std::uint64_t>(of, 1)); };
    std::ostringstream out;
    out << "frames " << frames_ << "\nframe_ms " << ms(all_, frames_) << "\nlongest_frame_ms " << ms(longest_, 1) << "\nslow_frames " << slow_ << '\n';
    return out.str();
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
