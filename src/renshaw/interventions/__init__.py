"""What is done to calm: each a frozen edit of (participant, protocol)."""

from renshaw.interventions.antagonist_vibration import AntagonistVibration
from renshaw.interventions.antispastic_drugs import Baclofen, Tizanidine
from renshaw.interventions.exercise import Fatigue, ResistanceTraining, Stretch
from renshaw.interventions.intervention import CERTAINTIES, Intervention
from renshaw.interventions.named import INTERVENTIONS, chosen, intervention
from renshaw.interventions.receptor_blockers import Chlorpromazine, Cyproheptadine
from renshaw.interventions.reciprocal_inhibition import ReciprocalInhibition
from renshaw.interventions.relaxation import Relaxation
from renshaw.interventions.remote_handgrip import RemoteHandgrip
from renshaw.interventions.spinal_stimulation import SpinalStimulation
from renshaw.interventions.ssri import SSRI
from renshaw.interventions.table import interventions_table

__all__ = [
    "CERTAINTIES",
    "INTERVENTIONS",
    "SSRI",
    "AntagonistVibration",
    "Baclofen",
    "Chlorpromazine",
    "Cyproheptadine",
    "Fatigue",
    "Intervention",
    "ReciprocalInhibition",
    "Relaxation",
    "RemoteHandgrip",
    "ResistanceTraining",
    "SpinalStimulation",
    "Stretch",
    "Tizanidine",
    "chosen",
    "intervention",
    "interventions_table",
]
