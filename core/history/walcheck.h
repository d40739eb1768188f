// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/instancelock.h"

#include <QString>

namespace BitNet {

// Whether a part of the database's -wal file that was whole once is not any more. SQLite itself does not tell: it takes
// the file as far as its checksums agree and forgets the rest, so that committed transactions would vanish in silence.
//
// What a killed writer leaves is not damage: it wrote in order, so only its last transaction can be incomplete. After the
// machine went down nothing can be said (a disk writes in any order), and the answer is no.
// Format: sqlite.org/fileformat2.html#walformat and sqlite.org/walformat.html#the_wal_index_file_format. Reads the file
// once; must not run while the database is open.
bool isWalDamaged(const QString &databasePath, InstanceLock::PreviousHolder previousHolder);

} // namespace BitNet
