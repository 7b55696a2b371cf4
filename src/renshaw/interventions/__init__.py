"""What is done to calm: each a frozen edit of (participant, protocol)."""

from renshaw.interventions.antagonist_vibration import AntagonistVibration
from renshaw.interventions.baclofen import Baclofen
from renshaw.interventions.botulinum_toxin import BotulinumToxin
from renshaw.interventions.chlorpromazine import Chlorpromazine
from renshaw.interventions.cyproheptadine import Cyproheptadine
from renshaw.interventions.dantrolene import Dantrolene
from renshaw.interventions.diazepam import Diazepam
from renshaw.interventions.drug import Drug
from renshaw.interventions.fatigue import Fatigue
from renshaw.interventions.gabapentin import Gabapentin
from renshaw.interventions.intervention import CERTAINTIES, Intervention
from renshaw.interventions.intrathecal_baclofen import IntrathecalBaclofen
from renshaw.interventions.kinetics import Kinetics
from renshaw.interventions.named import as_interventions, intervention
from renshaw.interventions.reciprocal_inhibition import ReciprocalInhibition
from renshaw.interventions.register import INTERVENTIONS, drugs
from renshaw.interventions.relaxation import Relaxation
from renshaw.interventions.remote_handgrip import RemoteHandgrip
from renshaw.interventions.resistance_training import ResistanceTraining
from renshaw.interventions.spinal_stimulation import SpinalStimulation
from renshaw.interventions.ssri import SSRI
from renshaw.interventions.stretch import Stretch
from renshaw.interventions.table import interventions_table
from renshaw.interventions.tizanidine import Tizanidine

__all__ = [
    "CERTAINTIES",
    "INTERVENTIONS",
    "SSRI",
    "AntagonistVibration",
    "Baclofen",
    "BotulinumToxin",
    "Chlorpromazine",
    "Cyproheptadine",
    "Dantrolene",
    "Diazepam",
    "Drug",
    "Fatigue",
    "Gabapentin",
    "Intervention",
    "IntrathecalBaclofen",
    "Kinetics",
    "ReciprocalInhibition",
    "Relaxation",
    "RemoteHandgrip",
    "ResistanceTraining",
    "SpinalStimulation",
    "Stretch",
    "Tizanidine",
    "as_interventions",
    "drugs",
    "intervention",
    "interventions_table",
]
