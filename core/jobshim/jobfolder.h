// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/descriptor.h"
#include "core/jobshim/wire.h"

#include <string>
#include <vector>

namespace BitNet {

// A start that did not succeed: which step, why (errno), what it was about.
struct FailedStart
{
    Wire::StartStep step = Wire::StartStep::None;
    int error = 0;
    std::string path;

    explicit operator bool() const { return step != Wire::StartStep::None; }
};

// Creates a job's private folder with its files. Everything is 0700 or 0600; no symbolic link is followed and no file
// that exists is opened.
class JobFolder
{
public:
    // Folder, output files, private files. On failure everything that this call created is gone again.
    FailedStart create(const std::string &path, const std::vector<Wire::File> &files);

    // Removes what create() made: for a job that did not start, which may be tried again in the same place.
    void remove();

    Descriptor takeLog() { return std::move(m_log); }
    Descriptor takeIndex() { return std::move(m_index); }

private:
    FailedStart createAll(const std::vector<Wire::File> &files);
    FailedStart openFolder();
    // A new file in the folder, or the invalid descriptor and errno.
    Descriptor createFile(const std::string &name);

    std::string m_path;
    Descriptor m_folder;
    Descriptor m_log;
    Descriptor m_index;
    std::vector<std::string> m_created;
    bool m_folderCreated = false;
};

} // namespace BitNet
